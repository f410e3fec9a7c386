"""The documents: what they show happens, what they name is there, what they list is complete."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from callmeter import discovery
from guides import BLOCK, MEASURING, PAGES, follow, has_commands
from harness import cli
from harness.cli._parser import parse
from harness.model.metrics import METRICS
from harness.model.saved import REFERENCE_RUN, read
from harness.model.summary import summaries
from harness.report import comparison, traits
from strategies.support.traits import TRAITS
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DOCUMENTS = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
DOCUMENTS += [ROOT / "results" / "README.md", ROOT / "examples" / "chinook" / "README.md"]
COMMAND = re.compile(r"^(?:\$ )?(?:python -m harness|\S*mapping-strategies) (?P<words>.*)$", re.M)
BY_NAME = re.compile(r"pip install [^\n]*(?<![\w./-])(?:callmeter|mapping-strategies)(?![\w/])")
TARGET = re.compile(r"(?:^|`)make ([a-z-]+)", re.M)
EVERY_DOCUMENT = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if has_commands(page) and page.stem not in MEASURING],
    ids=lambda page: page.stem,
)
def test_a_page_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    follow(page, tmp_path)


@EVERY_DOCUMENT
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
        assert (document.parent / link).exists(), link


def test_every_command_that_is_shown_can_be_read() -> None:
    words = list(shown(DOCUMENTS))
    assert len(words) > 20
    for name, *options in words:
        assert name in discovery.names(cli), name
        parse(discovery.load(cli, name).run, options)


def shown(documents: Iterable[Path]) -> Iterator[list[str]]:
    """The words of each command of ours in a shell's block."""
    for document in documents:
        for block in BLOCK.finditer(document.read_text(encoding="utf-8")):
            if block["kind"] in ("sh", "console"):
                for command in COMMAND.finditer(block["text"].replace("\\\n", "")):
                    if not command["words"].endswith("..."):
                        yield shlex.split(command["words"], comments=True)


def test_no_document_installs_by_name_what_no_index_has() -> None:
    """Our distributions are not published: whoever takes a name of theirs would be installed."""
    current = [document for document in DOCUMENTS if document.name != "CHANGELOG.md"]
    current.append(ROOT / "callmeter" / "README.md")
    texts = {document.name: document.read_text(encoding="utf-8") for document in current}
    assert [name for name, text in texts.items() if BY_NAME.search(text)] == []


def test_every_target_that_is_shown_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    current = [document for document in DOCUMENTS if document.name != "CHANGELOG.md"]
    named = {name for each in current for name in TARGET.findall(each.read_text(encoding="utf-8"))}
    assert {"test", "compare"} <= named
    assert named <= targets


def test_the_page_of_traits_has_each_with_its_meaning_and_its_cost() -> None:
    page = (ROOT / "docs" / "traits.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {text} | {traits.COSTS[name]} |" for name, text in TRAITS.items()]
    assert [row for row in rows if row not in page] == []


@pytest.mark.parametrize("page", ["how-to-read-the-numbers", "json"])
def test_a_page_that_lists_metrics_has_every_one(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert [key for key in METRICS if f"`{key}`" not in text] == []


def test_the_page_of_the_contract_has_every_field() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    run = read(REFERENCE_RUN)
    row = comparison.row(summaries(run)[0])
    metric = next(iter(row["metrics"].values()))
    fields = [*comparison.document(run).data, *row, *row["workload"], *metric, "target"]
    assert [field for field in fields if f"`{field}`" not in text] == []
