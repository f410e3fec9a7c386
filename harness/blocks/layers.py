"""The layers of the peak and of what is retained, a column a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.reports import _layers as layers
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give the layers of the peak and of what is retained, a column a strategy."""
    tables = []
    for path in paths:
        found = list(layers.explained(results.read(path)))
        tables += [aligned(*layers.as_table(found, moment), "pipe") for moment in layers.MOMENTS]
    return "\n\n".join(tables)
