"""What was aimed for with 10,000 entries, and what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness import results
from harness.compare import rows
from harness.errors import ResultsError
from harness.reports.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.compare import Row


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
# Set before these strategies were written, from what prototypes had shown (DESIGN section 6).
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
    found = [row for path in paths for row in rows(results.read(path))]
    lines = [line for row in found if row["entries"] == ENTRIES for line in _lines(row)]
    if not lines:
        raise ResultsError(f"no figure of {', '.join(TARGETS)} at {ENTRIES:,} entries in {paths}")
    return aligned(["strategy", "figure", "target", "seen", "met"], lines, "pipe")


def _lines(row: Row) -> Iterator[list[str]]:
    for target, limit in TARGETS.get(row["strategy"], {}).items():
        seen = row.get(target.field)
        if seen is None:
            raise ResultsError(f"no {target.field} of {row['strategy']}")
        # Judged as it is shown, to two decimals.
        met = round(seen, 2) <= limit if target.at_most else round(seen, 2) >= limit
        sign = "<=" if target.at_most else ">="
        yield [
            f"`{row['strategy']}`",
            target.what,
            f"{sign} {limit:g}",
            f"{seen:.2f}",
            "yes" if met else "no",
        ]
