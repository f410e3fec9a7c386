"""The payroll that the team worries about: the ratios that decide, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import ResultsError
from harness.model.compare import ranked
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _sentences as say
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import reasons, rows_of

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = 10_000
ANSWER = (
    content.Column("retains", "delta_x_floor", "{:.2f}x floor".format),
    content.Column("peak", "peak_x_floor", "{:.2f}x floor".format),
    content.Column("peak of all allocations", "allocator_peak_x_floor", "{:.2f}x floor".format),
    content.Column("that is, MB", "allocator_peak_bytes", words.megabytes),
    content.Column("wall time", "faster_than_reference", words.faster),
    content.Column("in the garbage collector", "gc_share", "{:.0%}".format),
)


def make(paths: list[Path]) -> str:
    """Give the table of that payroll, and its sentences; raises ResultsError where it has none."""
    found = [row for row in rows_of(paths) if row["entries"] == ENTRIES]
    if not found:
        raise ResultsError(f"no payroll of {ENTRIES:,} entries in {paths}")
    found = ranked(found, f"{content.memory_measured(found)}_bytes")
    cells = [[f"`{row['strategy']}`", *(content.said(row, c) for c in ANSWER)] for row in found]
    headings = [f"{ENTRIES:,} entries", *(column.heading for column in ANSWER)]
    notes = [*say.missed(found), *say.unsteady(found), *say.verdict(found)]
    table = aligned(headings, cells, "pipe")
    escaped = (note.replace("* ", r"\* ", 1) for note in notes)
    said = [*escaped, *reasons(found)]
    return "\n\n".join([table, "\n".join(f"- {note}" for note in said)])
