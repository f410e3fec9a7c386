"""One table a payroll with the ratios that decide, and what is to be said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.reports import _content as content
from harness.reports import _sentences as say
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = (
    content.Column("retains", "delta_x_floor", "{:.2f}x floor".format),
    content.Column("peak", "peak_x_floor", "{:.2f}x floor".format),
    content.Column("peak of all allocations", "allocator_peak_x_floor", "{:.2f}x floor".format),
    content.Column("that is, MB", "allocator_peak_bytes", content.megabytes),
    content.Column("wall time", "faster_than_reference", content.faster),
    content.Column("in the garbage collector", "gc_share", "{:.0%}".format),
)


def make(paths: list[Path]) -> str:
    """Give one table a payroll with the ratios that decide."""
    tables = []
    for path in paths:
        for title, found in content.by_payroll(results.read(path), content.Options()):
            cells = [
                [f"`{row['strategy']}`", *(content.said(row, c) for c in ANSWER)] for row in found
            ]
            headings = [title.partition(" x")[0], *(column.heading for column in ANSWER)]
            tables.append(aligned(headings, cells, "pipe"))
            notes = [*say.missed(found), *say.unsteady(found), *say.verdict(found)]
            tables.append("\n".join(f"- {note.lstrip('* ')}" for note in notes))
    return "\n\n".join(tables)
