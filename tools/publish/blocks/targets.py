"""What was aimed for with 10,000 entries, and what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.base.errors import ResultsError
from harness.report.reports.table import aligned
from harness.runner.plan import FLOOR, REFERENCE
from tools.publish.blocks._missing import figure_of, rows_of, with_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.model.compare import Row


class Target(NamedTuple):
    """What a figure should be: at most that memory, at least that speed."""

    what: str
    field: str
    at_most: bool


DELTA = Target("retains, x floor", "delta_x_floor", True)
ALL_DELTA = Target("retains, all allocations, x floor", "allocator_delta_x_floor", True)
PEAK = Target("peak by tracemalloc, x floor", "peak_x_floor", True)
ALL_PEAK = Target("peak of all allocations, x floor", "allocator_peak_x_floor", True)
FASTER = Target("times faster than full_orm", "faster_than_reference", False)

ENTRIES = 10_000
# Set before these strategies were written, from what prototypes had shown.
TARGETS = {
    "shared_values_orm": {DELTA: 1.1, PEAK: 5.6, FASTER: 0.9},
    "shared_values_batched": {DELTA: 1.1, PEAK: 1.6, FASTER: 0.9},
    "interned": {DELTA: 0.87, PEAK: 0.92, ALL_PEAK: 0.95, FASTER: 5},
    "driver_rows": {DELTA: 0.87, PEAK: 0.88, ALL_PEAK: 0.90, FASTER: 7},
    "arrow_objects": {DELTA: 0.87, PEAK: 0.88, ALL_PEAK: 0.90, FASTER: 12},
    "arrow_columns": {ALL_DELTA: 0.10, ALL_PEAK: 0.12, FASTER: 30},
}


def make(paths: list[Path]) -> str:
    """Give a line a target: the limit, the figure seen, and whether it was met."""
    shown = {*TARGETS, FLOOR, REFERENCE}  # the targets' own, and what their ratios are to
    found = [
        row for row in rows_of(paths) if row["entries"] == ENTRIES and row["strategy"] in shown
    ]
    lines = [line for row in found for line in _lines(row, found)]
    if not lines:
        raise ResultsError(f"no figure of {', '.join(TARGETS)} at {ENTRIES:,} entries in {paths}")
    table = aligned(["strategy", "figure", "target", "seen", "met"], lines, "pipe")
    return with_reasons(table, found)


def _lines(row: Row, found: list[Row]) -> Iterator[list[str]]:
    for target, limit in TARGETS.get(row["strategy"], {}).items():
        sign = "<=" if target.at_most else ">="
        seen = _seen(figure_of(row, target.field, found), limit, at_most=target.at_most)
        yield [f"`{row['strategy']}`", target.what, f"{sign} {limit:g}", *seen]


def _seen(figure: float | None, limit: float, *, at_most: bool) -> tuple[str, str]:
    """Give the figure and whether it met the limit, judged as it is shown: to two decimals."""
    if figure is None:
        return "", ""
    met = round(figure, 2) <= limit if at_most else round(figure, 2) >= limit
    return f"{figure:.2f}", "yes" if met else "no"
