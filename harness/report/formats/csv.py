"""For a spreadsheet: the rows of the JSON object, flat: `metrics.peak.median` is a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.base.escape import as_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.document import Document


def write(document: Document, width: int) -> str:  # noqa: ARG001 (data has no width)
    """Return a heading line and the rows; what there is not is empty."""
    rows = [dict(_flat(row)) for row in document.data.get("rows", ())]
    return as_csv(dict.fromkeys(name for row in rows for name in row), rows)


def _flat(row: dict[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, ", ".join(map(str, value))
        else:
            yield before + name, value
