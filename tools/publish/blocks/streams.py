"""What streams need when nothing of them is kept, and whether that grows with the payroll."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from harness.model.compare import ranked
from harness.report.reports._content import FOLD, said
from harness.report.reports.markdown import one_line
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.compare import Row

PEAK = "allocator_peak_bytes"
SHOWN = [column for column in FOLD if column.field in {PEAK, "peak_bytes"}]


def make(paths: list[Path]) -> str:
    """Give a line a stream: its peak at each size, and at its largest over that at its smallest."""
    found = rows_of(paths)
    sizes = sorted({row["entries"] for row in found})
    by_strategy: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in found:
        by_strategy[row["strategy"]][row["entries"]] = row
    table = []
    for row in ranked((of[max(of)] for of in by_strategy.values()), PEAK):
        of_size = by_strategy[row["strategy"]]
        peaks = [said(of_size.get(size, {}), column) for column in SHOWN for size in sizes]
        table.append([f"`{row['strategy']}`", *peaks, _growth(of_size[min(of_size)], row)])
    headings = [f"{column.heading}, {size:,}" for column in SHOWN for size in sizes]
    headings = ["folded", *one_line(headings), "largest over smallest"]
    return with_reasons(aligned(headings, table, "pipe"), found)


def _growth(smallest: Row, largest: Row) -> str:
    before, after = smallest.get(PEAK), largest.get(PEAK)
    return f"{after / before:.2f}x" if before and after is not None else ""
