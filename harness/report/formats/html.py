"""For reading: one page that works offline, with interactive charts and every figure of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.page.page import page

if TYPE_CHECKING:
    from harness.report.document import Document


def write(document: Document, width: int) -> str:  # noqa: ARG001 (a page is as wide as its window)
    """Return the page of the document's run; raises UsageError where there is none."""
    return page(document.drawn_run("html"), document.sort)
