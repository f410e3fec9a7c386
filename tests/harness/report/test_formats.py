"""Formats: any document, in each of them, whatever its texts hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter import discovery
from callmeter.errors import UsageError
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
    table,
)
from harness.report.format import (
    count,
    faster,
    figure,
    listed,
    percent,
    short,
    smaller,
    times,
    value,
    where_and_call,
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


def test_columns_without_a_cell_are_left_out() -> None:
    (made,) = table(["a", "b", "c"], [["x", "", "1"]])
    assert made.headings == ("a", "c")
    assert table(["a"], []) == ()


def test_markdown_escapes_what_would_be_markup() -> None:
    text = drawn(Text("<b> [a](b)"), Table(("a|b",), (("<c>|",),)), Note("small"), form="markdown")
    assert "&lt;b> [a]\\(b)" in text
    assert "a\\|b" in text
    assert "<sub>small</sub>" in text


def test_front_matter_comes_first() -> None:
    document = Document((Heading("Title", 1),), front_matter={"status": "proposed"})
    text = discovery.load(formats, "markdown").write(document, 80)
    assert text == "---\nstatus: proposed\n---\n\n# Title"


@pytest.mark.parametrize("form", ["html", "svg"])
def test_pictures_are_of_a_run(form: str) -> None:
    with pytest.raises(UsageError, match=form):
        drawn(Text("no run"), form=form)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (smaller(2.04), "2.0x smaller"),
        (smaller(0.5), "2.0x larger"),
        (smaller(1.001), "alike"),
        (faster(12_104), "over 1,000x faster"),
        (faster(1 / 24.4), "24x slower"),
        (faster(0), "no ratio"),
        (times(7.6), "7.60x"),
        (times(115.2), "115x"),
        (percent(0.43), "43%"),
        (percent(0.0061), "0.61%"),
        (count(83_213), "83,200"),
        (figure(2.714), "2.71"),
        (figure(99.96), "100"),
        (figure(0.0004), "0.00"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (value(METRICS["peak"], 2.31e6), "2.31 MB"),
        (value(METRICS["wall"], 1.234), "1.23 s"),
        (value(METRICS["gc_share"], 0.43), "43%"),
    ],
)
def test_numbers_are_written_in_one_way(text: str, shown: str) -> None:
    assert text == shown


@pytest.mark.parametrize(
    ("name", "where", "call", "heading"),
    [
        ("full_orm", "", "full_orm", "full_orm"),
        ("my/own_way.py", "", "my/own_way.py", "my/own_way.py"),
        ("app.repo:read(engine)", "app.repo:", "read(engine)", "read(engine)"),
        ("app/repo.py:read({1: 2})", "app/repo.py:", "read({1: 2})", "read({1: 2})"),
        (
            "app.repo:Repo.read(engine, date(2026, 1, 1))",
            "app.repo:",
            "Repo.read(engine, date(2026, 1, 1))",
            "read",
        ),
    ],
)
def test_a_function_is_named_by_its_call(name: str, where: str, call: str, heading: str) -> None:
    assert short(name) == heading
    assert where_and_call(name) == (where, call)
