"""What a run has no figures of, and why: said under the blocks, which leave their place empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import ResultsError
from harness.model import run as results
from harness.model.compare import rows
from harness.report.reports import _sentences as say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.model.compare import Row


def rows_of(paths: Iterable[Path]) -> list[Row]:
    """Give the rows of the runs at these paths; raises ResultsError for what is no run."""
    return [row for path in paths for row in rows(results.read(path))]


def reasons(found: list[Row]) -> list[str]:
    """Give a line for each strategy that failed and each meter that is not available."""
    failed = (f"**error** {line}" for line in say.failed(found))
    return list(dict.fromkeys([*failed, *say.unavailable(found)]))


def with_reasons(text: str, found: list[Row]) -> str:
    """Give the text, and under it why figures of these rows are missing, where any are."""
    said = "\n".join(f"- {reason}" for reason in reasons(found))
    return "\n\n".join(part for part in (text, said) if part)


def figure_of(row: Row, field: str, found: list[Row]) -> float | None:
    """Give the row's figure; None where these rows say why there may be none.

    Raises ResultsError where they do not: the run is not one that the block can be made of.
    """
    figure: float | None = row.get(field)
    if figure is None and not reasons(found):
        raise ResultsError(f"no {field} of {row['strategy']} at {row['entries']:,} entries")
    return figure
