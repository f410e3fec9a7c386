"""Strategies that share values beside their twins that do not, where there is nothing to share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.compare import FEWEST_TIMES
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import figure_of, rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.compare import Row

TWINS = {
    "shared_values_orm": "full_orm",
    "shared_values_batched": "yield_per",
    "interned": "slotted",
    "driver_rows": "slotted",
    "arrow_objects": "slotted",
}
"""Strategy -> the one that gives the same objects and shares no value."""

FIGURES = ("delta_bytes", "allocator_peak_bytes", "wall_seconds")


def make(paths: list[Path]) -> str:
    """Give a line a pair: what sharing costs in memory and in time."""
    table = []
    shown = []
    for path in paths:
        found = {(row["strategy"], row["entries"]): row for row in rows_of([path])}
        for (name, entries), row in found.items():
            if twin := found.get((TWINS.get(name, ""), entries)):
                shown += [row, twin]
                costs = (_cost(row, twin, figure) for figure in FIGURES)
                table.append([f"`{name}`", f"`{twin['strategy']}`", f"{entries:,}", *costs])
    headings = ["strategy", "twin", "entries", "retains", "peak of all", "wall time"]
    return with_reasons(aligned(headings, table, "pipe"), shown)


def _cost(row: Row, twin: Row, figure: str) -> str:
    """Say how much more it is than the twin's; nothing where one of the two has no figure.

    Nothing either of times that were repeated too few times to be compared.
    """
    repeats = min(each.get(f"{figure}_repeats", 0) for each in (row, twin))
    if figure.endswith("seconds") and repeats < FEWEST_TIMES:
        return ""
    one, other = (figure_of(each, figure, [row, twin]) for each in (row, twin))
    return f"{one / other - 1:+.1%}" if one is not None and other else ""
