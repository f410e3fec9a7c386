"""The blocks on services (calls at once, and many in turn), and on what repeats can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model.metrics import METRICS
from harness.report import over, serving
from harness.report.document import Note, table
from harness.report.format import tenths
from harness.report.stack import ran_on
from tools.figures import day_and_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model.run import Run
    from harness.report.document import Block


def at_once(run: Run) -> Iterator[Block]:
    """Yield the peak of each strategy over the calls that are made at once."""
    yield from over.blocks(run)
    yield Note(ran_on(run))


def calls(run: Run) -> Iterator[Block]:
    """Yield what a worker of each strategy holds that has served many calls."""
    yield from serving.blocks(run)
    yield Note(ran_on(run))


def copies(found: Mapping[str, Any]) -> Iterator[Block]:
    """Yield how often equal copies of a strategy are called different, and slower ones found."""
    rows = [
        [
            METRICS[row["metric"]].title,
            f"{row['repeats']}",
            *(tenths(row[key]) for key in ("equal", "first", "slower")),
        ]
        for row in found["called"]
    ]
    headings = ["time", "repeats", "equal pairs", "with the first", "slower copies found"]
    yield from table(headings, rows, title="Called different")
    yield Note(
        f"The slower ones take {tenths(found['takes_longer_by'])} longer. "
        f"`{found['command']}`, {day_and_commit(found['environment'])}"
    )
