"""What each strategy offers and gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.reports import _traits as traits
from harness.report.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path


def make(_: list[Path]) -> str:
    """Give a table of the traits that tell strategies apart, and what each trait means."""
    meanings = "\n".join(f"- {line}" for line in traits.meanings())
    return f"{aligned(*traits.table(), 'pipe')}\n\n{meanings}"
