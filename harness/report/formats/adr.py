"""For a repository: a decision as a record of two screens, in Markdown; of `choose` only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.report import record
from harness.report.formats import markdown

if TYPE_CHECKING:
    from harness.report.document import Document

STATUS = "---\nstatus: proposed\n---\n"
"""The front matter, which tools that list records read."""


def write(document: Document, width: int) -> str:
    """Return the record of the document's decision; raises UsageError where there is none."""
    recorded = replace(document, blocks=record.blocks(document.recorded("adr")))
    return f"{STATUS}\n{markdown.write(recorded, width)}"
