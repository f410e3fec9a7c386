"""Where the time of a run goes: processes, and what of each is the measured call."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from harness.model import run as results
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Say where the time of a run goes: processes, and what of each is the measured call."""
    table = []
    for path in paths:
        found = results.read(path).measurements
        for meter in dict.fromkeys(m.cell.meter for m in found):
            of = [m for m in found if m.cell.meter == meter]
            called = [m.figures["wall_seconds"] for m in of if "wall_seconds" in m.figures]
            table.append(
                [
                    meter,
                    str(len(of)),
                    f"{sum(m.seconds for m in of):.1f}",
                    f"{median(m.seconds for m in of):.2f}",
                    f"{median(called):.2f}" if called else "",
                ]
            )
    headings = ["meter", "processes", "seconds, summed", "median of one", "of it the measured call"]
    return with_reasons(aligned(headings, table, "pipe"), rows_of(paths))
