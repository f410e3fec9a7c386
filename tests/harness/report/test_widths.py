"""Text in the width that there is: of every document of the published runs, no line is wider."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decided import served
from harness.analysis.difference import between
from harness.model.saved import read
from harness.report import beside, comparison, difference, stacks
from harness.report.document import Document, Table
from harness.report.formats import text
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model.run import Run

WIDTHS = (60, 72, 80, 100, 200)
RESULTS = ROOT / "results"
RUNS = sorted(path.name for path in RESULTS.glob("*.jsonl"))
VIEWS: dict[str, Callable[[Run], Document]] = {
    "screen": comparison.document,
    "wide": lambda run: comparison.document(run, wide=True),
    "full": lambda run: comparison.document(run, full=True),
}


@cache
def run_named(name: str) -> Run:
    return read(RESULTS / name)


def too_wide(document: Document) -> list[str]:
    """The lines that are wider than they may be, at each width."""
    return [
        f"{width}: {line}"
        for width in WIDTHS
        for line in text.write(document, width).splitlines()
        if len(line) > width
    ]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", RUNS)
def test_a_run_fits(name: str, view: str) -> None:
    assert too_wide(VIEWS[view](run_named(name))) == []


@pytest.mark.parametrize("every", [False, True])
def test_two_runs_fit(every: bool) -> None:
    one, other = run_named("reference.jsonl"), run_named("distinct.jsonl")
    names = "results/reference.jsonl", "results/distinct.jsonl"
    assert too_wide(difference.document(between(one, other), names, every=every)) == []
    pairs = (names[0], one), (names[1], one)
    assert too_wide(beside.document(*pairs, full=every)) == []


@pytest.mark.parametrize("wide", [False, True])
def test_a_sweep_fits(wide: bool) -> None:
    runs = {path.stem: read(path) for path in sorted((RESULTS / "stacks").glob("*.jsonl"))}
    measured = stacks.Measured(runs, [("python3.15", "there is no such Python")])
    assert too_wide(stacks.document(measured, every=True, wide=wide)) == []


@settings(max_examples=25)
@given(st.floats(1e6, 1e10), st.integers(1, 99), st.sampled_from(WIDTHS))
def test_a_decision_fits(container: float, at_once: int, width: int) -> None:
    lines = served(container, at_once, width=width).splitlines()
    assert [line for line in lines if len(line) > width] == []


@given(st.data(), st.integers(1, 9), st.integers(1, 4))
def test_a_table_in_parts_has_every_cell(data: st.DataObject, columns: int, rows: int) -> None:
    """Figures and headings that are as wide as those of any metric."""
    cells = st.lists(st.text("0123456789", min_size=1, max_size=16), min_size=columns)
    figures = data.draw(st.lists(cells, min_size=rows, max_size=rows))
    table = Table(
        ("name", *(f"metric {nth}" for nth in range(columns))),
        tuple((f"way_{nth}", *row[:columns]) for nth, row in enumerate(figures)),
    )
    drawn = text.write(Document((table,)), 60)
    assert all(len(line) <= 60 for line in drawn.splitlines())
    words = drawn.split()
    assert all(words.count(cell) >= 1 for row in table.rows for cell in row)
    parts = words.count("name")
    assert all(words.count(row[0]) == parts for row in table.rows)
