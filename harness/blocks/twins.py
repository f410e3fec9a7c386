"""Strategies that share values beside their twins that do not, where there is nothing to share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.compare import rows
from harness.errors import ResultsError
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path

TWINS = {
    "shared_values_orm": "full_orm",
    "shared_values_batched": "yield_per",
    "interned": "slotted",
    "driver_rows": "slotted",
    "arrow_objects": "slotted",
}
"""Strategy -> the one that gives the same objects and shares no value."""


def make(paths: list[Path]) -> str:
    """Give a line a pair: what sharing costs in memory and in time."""
    table = []
    for path in paths:
        found = {(row["strategy"], row["entries"]): row for row in rows(results.read(path))}
        for (name, entries), row in found.items():
            twin = found.get((TWINS.get(name, ""), entries))
            if twin is None:
                continue
            try:
                retains, peak, time = (
                    row[figure] / twin[figure]
                    for figure in ("delta_bytes", "allocator_peak_bytes", "wall_seconds")
                )
            except (KeyError, TypeError, ZeroDivisionError) as error:
                raise ResultsError(f"{path} has not all figures of {name} and its twin") from error
            pair = [f"`{name}`", f"`{twin['strategy']}`", f"{entries:,}"]
            table.append([*pair, *(f"{ratio - 1:+.1%}" for ratio in (retains, peak, time))])
    headings = ["strategy", "twin", "entries", "retains", "peak of all", "wall time"]
    return aligned(headings, table, "pipe")
