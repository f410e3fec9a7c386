"""What of the published runs must not be published: times of a machine that was busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.busy import busy
from harness.model.saved import read
from harness.report.format import whole_percent
from tools.publish.documents import STACKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = ("results/*.jsonl", *STACKS)


def refused(root: Path) -> Iterator[str]:
    """Yield a line for each run below the folder whose times were taken on a busy machine.

    A run that does not know how busy it was, as those do that lack `others` and `stolen`, is none.
    Raises ResultsError for a file that is no run.
    """
    for path in (path for pattern in RUNS for path in sorted(root.glob(pattern))):
        found = busy(read(path))
        if found and found.is_busy:
            yield (
                f"{path.relative_to(root)}: the machine was busy during "
                f"{whole_percent(found.time)} of the time in which its times were taken: take "
                "them again alone"
            )
