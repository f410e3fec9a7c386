"""What the reference retains, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.blocks._missing import reasons, rows_of, with_reasons
from harness.errors import ResultsError
from harness.plan import REFERENCE
from harness.reports import _layers as layers

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
