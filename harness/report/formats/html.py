"""For reading: one page that works offline, with interactive charts and every figure of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.errors import UsageError
from harness.report.page.page import page

if TYPE_CHECKING:
    from harness.report.document import Document


def write(document: Document, width: int) -> str:  # noqa: ARG001 (a page is as wide as its window)
    """Return the page of the document's run; raises UsageError where there is none."""
    if document.run is None:
        raise UsageError("html shows a run: of compare, measure, explain or report")
    return page(document.run, document.sort)
