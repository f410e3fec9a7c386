"""The strategies: what each is, and what it costs in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strategies
from harness.report.reports.table import aligned
from tools.publish.footprint import footprint

if TYPE_CHECKING:
    from pathlib import Path


def make(_: list[Path]) -> str:
    """Give a line a strategy, the least code first."""
    lines = sorted((footprint(name), name) for name in strategies.names())
    cells = [
        [
            f"[`{name}`](strategies/{name}.py)",
            strategies.describe(name).label,
            ", ".join(packages),
            str(own),
            str(whole),
        ]
        for (own, whole, packages), name in lines
    ]
    headings = ["strategy", "what it is", "packages", "lines of code", "with what it is made of"]
    return aligned(headings, cells, "pipe", text_columns=3)
