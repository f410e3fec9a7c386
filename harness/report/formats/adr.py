"""For a repository: a decision as a record of two screens, in Markdown; of `choose` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report import record
from harness.report.formats import markdown

if TYPE_CHECKING:
    from harness.report.document import Document

STATUS = "---\nstatus: proposed\n---\n"
"""The front matter, which tools that list records read."""


def write(document: Document, width: int) -> str:  # noqa: ARG001 (a file has no terminal)
    """Return the record of the document's decision; raises UsageError where there is none."""
    blocks = record.blocks(document.recorded("adr"))
    return f"{STATUS}\n{markdown.drawn(blocks, record.WIDTH)}"
