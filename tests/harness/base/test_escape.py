"""Text of others, made fit for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.escape import as_csv, in_cell, in_markdown, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 1 €, 価格", "Größe 1 €, 価格"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("two\nlines\t", r"two\nlines\t"),
        ("\u202egnp", r"\u202egnp"),
        ("\x9b", r"\x9b"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_is_no_character_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_it_is_one_line_and_shown_again_it_stays(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown


def test_markup_and_formulas_of_others_are_inert() -> None:
    assert in_markdown("<b> [a](http://x)") == "&lt;b> [a]\\(http://x)"
    assert in_cell("a|b") == "a\\|b"
    assert as_csv(["name"], [{"name": "=1+1"}, {"name": -1}]) == "name\n'=1+1\n-1"
