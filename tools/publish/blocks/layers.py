"""The layers of the peak and of what is retained, a column a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import ResultsError
from harness.model import run as results
from harness.report.reports import _layers as layers
from harness.report.reports.table import aligned
from tools.publish.blocks._missing import reasons, rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path


SHOWN = ("full_orm", "joined_orm", "mapped_domain", "shared_values_orm", "core_rows", "slotted")
"""Those that tell where the bytes of the team's way go; the report shows all."""


def make(paths: list[Path]) -> str:
    """Give a table for each of the two moments; raises ResultsError where none was explained."""
    tables = []
    for run in map(results.read, paths):
        if found := [each for each in layers.explained(run) if each.strategy in SHOWN]:
            tables += [aligned(*layers.as_table(found, each), "pipe") for each in layers.MOMENTS]
    shown = [row for row in rows_of(paths) if row["strategy"] in SHOWN]
    if not tables and not reasons(shown):
        raise ResultsError(f"no explanation of {', '.join(SHOWN)} in {paths}")
    return with_reasons("\n\n".join(tables), shown)
