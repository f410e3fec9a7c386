"""The team's published figures beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.compare import rows
from harness.errors import ResultsError
from harness.plan import FLOOR, REFERENCE
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path

# What the team published in April 2026, in bytes an entry of 6 components (DESIGN section 1).
PUBLISHED = (
    (f"{FLOOR}, 10,000 entries: retained", FLOOR, "delta_bytes_per_entry", 10_000, 2_300),
    (f"{FLOOR}, 10,000 entries: peak", FLOOR, "peak_bytes_per_entry", 10_000, 2_300),
    (f"{REFERENCE}, 1,000 entries: retained", REFERENCE, "delta_bytes_per_entry", 1_000, 6_600),
    (f"{REFERENCE}, 1,000 entries: peak", REFERENCE, "peak_bytes_per_entry", 1_000, 19_500),
)


def make(paths: list[Path]) -> str:
    """Put the team's published figures beside ours."""
    runs = map(results.read, paths)
    found = {(row["strategy"], row["entries"]): row for run in runs for row in rows(run)}
    table = []
    for what, strategy, figure, entries, theirs in PUBLISHED:
        ours = found.get((strategy, entries), {}).get(figure)
        if ours is None:
            raise ResultsError(f"no {figure} of {strategy} at {entries} entries in {paths}")
        table.append([what, f"{theirs:,}", f"{ours:,.0f}", f"{ours / theirs - 1:+.1%}"])
    headings = ["bytes an entry", "published, April 2026", "measured", "difference"]
    return aligned(headings, table, "pipe")
