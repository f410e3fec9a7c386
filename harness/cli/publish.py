"""Renew the generated tables of the documents, and the reports of the reference run."""

from __future__ import annotations

from pathlib import Path

from callmeter.errors import UsageError
from harness.base import output
from harness.cli._progress import tell
from tools.publish.publish import DOCUMENTS, REPORTS, rendered, renewed

EXAMPLES = "Example:  python -m harness publish"


def run() -> int:
    """Rewrite the documents and reports below the current folder that have changed."""
    for document in map(Path, DOCUMENTS):
        if not document.exists():
            raise UsageError(f"there is no {document} here; publish in the repository's folder")
        _renew(document, renewed(document.read_text(encoding="utf-8"), Path()).removesuffix("\n"))
    for report in REPORTS:
        _renew(Path(report), rendered(report, Path()))
    return 0


def _renew(path: Path, text: str) -> None:
    is_current = path.exists() and path.read_text(encoding="utf-8") == f"{text}\n"
    if not is_current:
        output.write(path, text)
    tell(f"{path}: {'current' if is_current else 'renewed'}")
