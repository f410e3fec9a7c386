"""What the reference retains, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import ResultsError
from harness.model import run as results
from harness.report.reports import _layers as layers
from harness.runner.plan import REFERENCE
from tools.publish.blocks._missing import reasons, rows_of, with_reasons

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give what the reference retains, by type; raises ResultsError where none explained it."""
    for path in paths:
        for each in layers.explained(results.read(path)):
            if each.strategy == REFERENCE:
                return "\n".join(["```", *layers.census_lines(each), "```"])
    found = [row for row in rows_of(paths) if row["strategy"] == REFERENCE]
    if reasons(found):
        return with_reasons("", found)
    raise ResultsError(f"no explanation of {REFERENCE} in {paths}")
