"""Each way of a run beside its reference: made for functions of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import run as results
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _sentences as say
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import reasons

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.compare import Row


def part(ratio: float) -> str:
    """Say how many times smaller as the part that it is: `25%` for 4."""
    return f"{1 / ratio:.0%}" if ratio > 0 else ""


BESIDE = (
    content.Column("retains, of it", "allocator_delta_smaller_than_reference", part),
    content.Column("peak, of it", "allocator_peak_smaller_than_reference", part),
    content.Column("wall time", "faster_than_reference", words.faster),
)
"""What a way needs beside the reference: of all allocations, and of time."""

COLUMNS = (
    content.Column("retains, B", "allocator_delta_bytes_per_entry", "{:,.0f}".format),
    content.Column("peak, B", "allocator_peak_bytes_per_entry", "{:,.0f}".format),
    content.Column("peak, MB", "allocator_peak_bytes", words.megabytes),
    content.Column("in the garbage collector", "gc_share", "{:.0%}".format),
    *BESIDE,
)


def make(paths: list[Path]) -> str:
    """Give a table for each size of each run, the smallest peak first."""
    parts = []
    for run in map(results.read, paths):
        for title, found in content.by_payroll(run, content.Options()):
            parts += [f"**{title}** {_of(found[0])}", _table([_called(row) for row in found])]
    return "\n\n".join(parts)


def _called(row: Row) -> Row:
    """Give the row with functions named as they are called, without where they are."""
    shortened = {name: words.where_and_call(row[name])[1] for name in ("strategy", "reference")}
    return row | shortened


def _of(row: Row) -> str:
    where, call = words.where_and_call(row["reference"])
    of = f"of `{where.removesuffix(':')}`, " if where else ""
    return f"{of}beside `{call}`; bytes are an item's, native ones included"


def _table(found: list[Row]) -> str:
    cells = [[f"`{row['strategy']}`", *(content.said(row, c) for c in COLUMNS)] for row in found]
    table = aligned(["", *(column.heading for column in COLUMNS)], cells, "pipe")
    notes = [note.replace("* ", r"\* ", 1) for note in (*say.missed(found), *say.unsteady(found))]
    lines = "\n".join(f"- {note}" for note in [*notes, *reasons(found)])
    return "\n\n".join(each for each in (table, lines) if each)
