"""The layers of the peak and of what is retained, a column a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.reports import _layers as layers
from harness.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path


SHOWN = ("full_orm", "joined_orm", "mapped_domain", "shared_values_orm", "core_rows", "slotted")
"""Those that tell where the bytes of the team's way go; the report shows all."""


def make(paths: list[Path]) -> str:
    """Give a table for each of the two moments; raises ResultsError for what is no run."""
    tables = []
    for path in paths:
        found = [each for each in layers.explained(results.read(path)) if each.strategy in SHOWN]
        tables += [aligned(*layers.as_table(found, moment), "pipe") for moment in layers.MOMENTS]
    return "\n\n".join(tables)
