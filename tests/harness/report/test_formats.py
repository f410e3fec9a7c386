"""Formats: any document, in each of them, whatever its texts hold."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter import discovery
from harness.base.escape import printable
from harness.model.metrics import METRICS
from harness.report import formats
from harness.report.document import (
    Bullets,
    Code,
    Document,
    Heading,
    Note,
    Pairs,
    Table,
    Text,
)
from harness.report.format import (
    count,
    faster,
    figure,
    listed,
    percent,
    roughly,
    smaller,
    times,
    value,
)

WORDS = st.text(max_size=40).map(printable)
CELLS = st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3).map(tuple)
BLOCKS = st.one_of(
    st.builds(Heading, WORDS),
    st.builds(Text, WORDS, st.booleans()),
    st.builds(Note, WORDS),
    st.builds(Bullets, st.lists(WORDS).map(tuple), WORDS),
    st.builds(Pairs, st.lists(st.tuples(WORDS, WORDS)).map(tuple), WORDS),
    st.builds(Code, st.lists(WORDS).map(tuple)),
    st.builds(Table, st.tuples(WORDS, WORDS, WORDS), CELLS, last_is_text=st.booleans()),
)


def drawn(*blocks: object, form: str = "text", width: int = 80) -> str:
    text: str = discovery.load(formats, form).write(Document(blocks), width)  # type: ignore[arg-type]
    return text


@given(st.lists(BLOCKS, max_size=5), st.sampled_from(["text", "markdown"]), st.integers(1, 200))
def test_any_document_is_drawn(blocks: list[object], form: str, width: int) -> None:
    assert drawn(*blocks, form=form, width=width).count("\x1b") == 0


def test_a_table_gives_up_droppable_columns_and_then_breaks_its_last_text() -> None:
    wide = Table(
        ("name", "first", "second", "why"),
        (("n" * 20, "1" * 15, "2" * 15, "one reason and another one"),),
        last_is_text=True,
        droppable=("second",),
    )
    assert "second" in drawn(wide, width=80)
    narrow = drawn(wide, width=60)
    assert "second" not in narrow
    assert max(map(len, narrow.splitlines())) <= 60
    assert "one reason and" in narrow


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (smaller(2.04), "2.0x smaller"),
        (smaller(0.5), "2.0x larger"),
        (smaller(1.001), "alike"),
        (faster(12_104), "over 1,000x faster"),
        (faster(1 / 24.4), "24x slower"),
        (faster(24.4, (22.6, 25.4)), "24x faster"),
        (faster(24.4, (22.4, 25.4)), "about 24x faster"),  # 20 is not within
        (faster(24.4, (18, 31)), "about 20x faster"),
        (faster(1 / 24.4, (1 / 31, 1 / 18)), "about 20x slower"),
        (faster(4.71, (4.56, 4.84)), "4.7x faster"),
        (faster(4.71, (4.5, 5)), "about 5x faster"),
        (faster(3.2, (2.9, inf)), "about 3x faster"),
        (faster(1.3, (1.16, 1.44)), "1.3x faster"),
        (faster(1.3, (1.05, 1.6)), "about 1.3x faster"),
        (faster(9.96, (9.9, 10.1)), "10x faster"),
        (faster(163, (140, 190)), "about 160x faster"),
        (faster(163, (156, 174)), "160x faster"),
        (faster(1.02, (1.01, 1.03)), "alike"),
        (faster(1.55, roughly(1.55)), "about 2x faster"),
        (times(0.5, (0.48219, 0.511)), "0.50x, 0.482-0.511"),
        (faster(0), "no ratio"),
        (times(7.6), "7.60x"),
        (times(115.2), "115x"),
        (percent(0.43), "43%"),
        (percent(0.0061), "0.61%"),
        (count(83_213), "83,200"),
        (figure(2.714), "2.71"),
        (figure(99.96), "100"),
        (figure(0.0004), "0.000400"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (value(METRICS["peak"], 2.31e6), "2.31 MB"),
        (value(METRICS["wall"], 1.234), "1.23 s"),
        (value(METRICS["gc_share"], 0.43), "43%"),
    ],
)
def test_numbers_are_written_in_one_way(text: str, shown: str) -> None:
    assert text == shown
