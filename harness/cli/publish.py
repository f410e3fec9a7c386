"""Renew the tables in README.md and results/README.md from the runs they name."""

from __future__ import annotations

from pathlib import Path

from harness import output
from harness.cli._progress import tell
from harness.errors import UsageError
from harness.publish import DOCUMENTS, renewed

EXAMPLES = "Example:  python -m harness publish"


def run() -> int:
    """Rewrite the documents below the current folder whose generated parts have changed."""
    for document in map(Path, DOCUMENTS):
        if not document.exists():
            raise UsageError(f"there is no {document} here; publish in the repository's folder")
        old = document.read_text(encoding="utf-8")
        new = renewed(old, Path())
        if new != old:
            output.write(document, new.removesuffix("\n"))
        tell(f"{document}: {'renewed' if new != old else 'current'}")
    return 0
