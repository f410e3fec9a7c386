"""What the project depends on, and under which licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.reports.table import aligned
from tools.publish.supply import RUN_TIME, dependencies

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give a line a distribution; the paths are those of the requirements and of the pins.

    Raises NotAsPinnedError unless all of them are installed as pinned.
    """
    cells = [
        [name, version, licence, "always" if RUN_TIME in extras else f"extra {', '.join(extras)}"]
        for name, version, licence, extras in dependencies(*paths)
    ]
    return aligned(["distribution", "version", "licence", "needed"], cells, "pipe", text_columns=4)
