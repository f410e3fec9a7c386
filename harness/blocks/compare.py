"""The whole comparison of a run, as the markdown report gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import results
from harness.reports import _content as content
from harness.reports import markdown

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give every table and sentence, a run after the other."""
    return "\n\n".join(markdown.render(results.read(path), content.Options()) for path in paths)
