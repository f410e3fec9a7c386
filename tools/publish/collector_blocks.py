"""The block on the garbage collector: what its settings do to times, beside live objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.metrics import METRICS
from harness.model.run import LIVE_OBJECTS
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report.document import Note, table
from harness.report.format import median_of, times
from harness.report.names import title_of_group
from harness.report.stack import ran_on
from tools.publish.stack_blocks import minor_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.model.run import Run
    from harness.report.document import Block

STATES = ("relaxed_wall", "frozen_wall", "paused_wall")


def collector(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the time of each strategy in each state of the collector, beside live objects."""
    found = sorted(map(read, paths), key=_python_and_live_objects)
    rows = []
    for run in found:
        python, live = _python_and_live_objects(run)
        for one in summaries(run):
            usual = one.value("wall")
            if usual and not one.is_yardstick:
                values = [one.value(key) for key in STATES]
                ratios = ["" if value is None else times(value / usual) for value in values]
                rows.append([python, f"{live:,}", one.name, median_of(one, "wall"), *ratios])
    titles = [METRICS[key].title for key in ("wall", *STATES)]
    yield from table(["Python", "live objects", "strategy", *titles], rows)
    for run in found[:1]:  # the others differ in the Python and the live objects alone
        what = dict.fromkeys(title_of_group([one]) for one in summaries(run))
        yield Note("; ".join(["times beside the wall time", *what, ran_on(run)]))


def _python_and_live_objects(run: Run) -> tuple[str, int]:
    return minor_of(run), int(run.header.environment.get(LIVE_OBJECTS, "0"))
