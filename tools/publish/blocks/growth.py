"""How the figures grow with the payroll: at each size, and a straight line through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import run as results
from harness.report.reports import _growth as growth
from harness.report.reports.markdown import one_line
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give a table for each figure that was measured at two sizes or more."""
    parts = []
    for path in paths:
        for title, headings, cells in growth.tables(results.read(path)):
            parts += [f"**{title}**", aligned(one_line(headings), cells, "pipe")]
    return with_reasons("\n\n".join(parts), rows_of(paths))
