"""The table of licences in DEPENDENCIES.md: of every pin, and as the installed metadata has it."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, cast

import pytest

from support import ROOT
from tools.licences import differing, installed, listed, main, of, pins, renewed

if TYPE_CHECKING:
    from importlib.metadata import PackageMetadata

PINNED = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "DEPENDENCIES.md").read_text(encoding="utf-8")
COPYLEFT = {"psycopg", "psycopg-binary", "psycopg2-binary", "hypothesis", "pathspec"}


def test_the_table_has_the_licence_of_every_pin_as_its_metadata_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out
    assert listed(DOCUMENT).keys() == PINNED.keys()


def test_what_is_installed_is_most_of_it_and_has_a_licence() -> None:
    found = installed(PINNED)
    assert len(found) > 20
    assert [name for name, licence in found.items() if licence == "unknown"] == []


def test_no_licence_asks_to_publish_the_source_of_what_uses_it() -> None:
    words = {name: licence.upper() for name, licence in listed(DOCUMENT).items()}
    weak = {name for name, text in words.items() if "LGPL" in text or "MPL" in text}
    assert weak == COPYLEFT
    assert not {name for name, text in words.items() if "GPL" in text.replace("LGPL", "")}


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT", "License": "no"}, "MIT"),
        ({"License": "Apache 2.0", "Classifier": "License :: OSI Approved :: X"}, "Apache 2.0"),
        ({"License": "Copyright\nof many", "Classifier": "License :: OSI Approved :: X"}, "X"),
        ({"License": "a" * 50}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_licence_is_the_expression_the_short_text_or_the_classifier(
    fields: dict[str, str], licence: str
) -> None:
    message = Message()
    for name, value in fields.items():
        message[name] = value
    assert of(cast("PackageMetadata", message)) == licence


def test_what_differs_is_named_and_renewed() -> None:
    wrong = DOCUMENT.replace("| LGPL-3.0-only |", "| MIT-0 |")
    pinned = {**PINNED, "new": "1"}
    del pinned["zipp"]
    assert list(differing(wrong, pinned)) == [
        "new: no licence in the table",
        "psycopg: LGPL-3.0-only, not MIT-0",
        "psycopg-binary: LGPL-3.0-only, not MIT-0",
        "zipp: no pin",
    ]
    assert list(differing(renewed(wrong, PINNED), PINNED)) == []
    assert renewed(DOCUMENT, PINNED) == DOCUMENT
