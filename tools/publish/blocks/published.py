"""The team's published figures beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import ResultsError
from harness.report.reports.table import aligned
from harness.runner.plan import FLOOR, REFERENCE
from tools.publish.blocks._missing import figure_of, rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path

# What the team published in April 2026, in bytes an entry of 6 components.
PUBLISHED = (
    (f"{FLOOR}, 10,000 entries: retained", FLOOR, "delta_bytes_per_entry", 10_000, 2_300),
    (f"{FLOOR}, 10,000 entries: peak", FLOOR, "peak_bytes_per_entry", 10_000, 2_300),
    (f"{REFERENCE}, 1,000 entries: retained", REFERENCE, "delta_bytes_per_entry", 1_000, 6_600),
    (f"{REFERENCE}, 1,000 entries: peak", REFERENCE, "peak_bytes_per_entry", 1_000, 19_500),
)


def make(paths: list[Path]) -> str:
    """Put the team's published figures beside ours; raises ResultsError where we have none."""
    wanted = {(strategy, entries) for _, strategy, _, entries, _ in PUBLISHED}
    found = {(row["strategy"], row["entries"]): row for row in rows_of(paths)}
    if lacking := wanted - found.keys():
        raise ResultsError(f"no figures of {sorted(lacking)} in {paths}")
    shown = [found[each] for each in sorted(wanted)]
    table = []
    for what, strategy, figure, entries, theirs in PUBLISHED:
        ours = figure_of(found[strategy, entries], figure, shown)
        said = ["", ""] if ours is None else [f"{ours:,.0f}", f"{ours / theirs - 1:+.1%}"]
        table.append([what, f"{theirs:,}", *said])
    headings = ["bytes an entry", "published, April 2026", "measured", "difference"]
    return with_reasons(aligned(headings, table, "pipe"), shown)
