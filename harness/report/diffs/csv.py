"""Comma-separated values: a line for each figure that both runs have, changed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.escape import as_csv
from harness.report.diffs._rows import rows

if TYPE_CHECKING:
    from harness.analysis.difference import Difference
    from harness.report.diffs._content import Shown


def render(difference: Difference, _: Shown) -> str:
    """Give a heading line and the rows; what there is not is empty."""
    found = list(rows(difference))
    return as_csv(found[0] if found else [], found)
