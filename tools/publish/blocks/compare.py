"""The whole comparison of a run, as the markdown report gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import run as results
from harness.report.reports import _content as content
from harness.report.reports import markdown

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give every table and sentence, a run after the other."""
    return "\n\n".join(markdown.render(results.read(path), content.Options()) for path in paths)
