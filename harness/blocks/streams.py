"""What streams need when nothing of them is kept, and whether that grows with the payroll."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from harness import results
from harness.compare import rows
from harness.reports._content import FOLD, said
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path

    from harness.compare import Row

PEAK = "allocator_peak_bytes"
SHOWN = [column for column in FOLD if column.field in {PEAK, "peak_bytes"}]


def make(paths: list[Path]) -> str:
    """Give a line a stream: its peak at each size, and the largest size's over the smallest's."""
    by_strategy: dict[str, list[Row]] = defaultdict(list)
    for path in paths:
        for row in sorted(rows(results.read(path)), key=lambda row: row["entries"]):
            by_strategy[row["strategy"]].append(row)
    table = []
    for name, found in sorted(by_strategy.items(), key=lambda item: item[1][-1][PEAK]):
        peaks = [said(row, column) for column in SHOWN for row in found]
        table.append([f"`{name}`", *peaks, f"{found[-1][PEAK] / found[0][PEAK]:.2f}x"])
    sizes = [row["entries"] for row in next(iter(by_strategy.values()))]
    headings = [f"{column.heading}, {size:,}" for column in SHOWN for size in sizes]
    headings = [heading.replace("\n", " ") for heading in headings]
    return aligned(["folded", *headings, "largest over smallest"], table, "pipe")
