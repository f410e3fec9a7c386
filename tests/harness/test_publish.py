"""Generated parts of the documents are what their runs say, today."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from callmeter.errors import Error
from harness.base.errors import NotAsPinnedError
from support import ROOT
from tools.publish.publish import BLOCK, DOCUMENTS, REPORTS, rendered, renewed


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_generated_part_is_stale(name: str) -> None:
    document = (ROOT / name).read_text(encoding="utf-8")
    assert BLOCK.search(document), "it has no generated part"
    try:
        made = renewed(document, ROOT)
    except NotAsPinnedError as error:
        pytest.skip(str(error))
    assert made == document, "run: python -m harness publish"


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_is_stale(name: str) -> None:
    """A picture's texts are compared: where they stand depends on the fonts of a machine."""
    published = (ROOT / name).read_text(encoding="utf-8")
    made = rendered(name, ROOT)
    if name.endswith(".svg"):
        published, made = ("\n".join(ET.fromstring(each).itertext()) for each in (published, made))  # noqa: S314
    assert published.strip() == made.strip(), "run: python -m harness publish"


def test_a_stale_part_would_be_noticed() -> None:
    document = (ROOT / "README.md").read_text(encoding="utf-8")
    block = BLOCK.search(document)
    assert block is not None
    tampered = document.replace(block[0], block[0].replace("full_orm", "half_orm"), 1)
    assert renewed(tampered, ROOT) == document


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("comparison results/x.jsonl", "did you mean compare?"),
        ("compare results/not-there.jsonl", "No such file"),
    ],
)
def test_a_wrong_mark_is_named(block: str, complaint: str) -> None:
    document = f"<!-- generated: {block} -->\n<!-- end of generated -->"
    with pytest.raises(Error, match=complaint.replace("?", r"\?")):
        renewed(document, ROOT)
