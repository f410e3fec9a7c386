"""The blocks on services (calls at once, in turn, over a slow link) and what repeats can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model.metrics import METRICS
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report import over, serving
from harness.report.document import Note, table
from harness.report.format import tenths, value
from harness.report.stack import ran_on
from tools.figures import day_and_commit, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.model.run import Run
    from harness.report.document import Block

LINKS = (0, 0.001, 0.005, 0.02)
"""Seconds that a round trip takes more."""


def at_once(run: Run) -> Iterator[Block]:
    """Yield the peak of each strategy over the calls that are made at once."""
    yield from over.blocks(run)
    yield Note(ran_on(run))


def calls(run: Run) -> Iterator[Block]:
    """Yield what a worker of each strategy holds that has served many calls."""
    yield from serving.blocks(run)
    yield Note(ran_on(run))


def slow_link(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the round trips of each strategy, and its time with what they add over longer links."""
    found, run = load(paths[0]), read(paths[1])
    walls = {
        one.name: one.value("wall")
        for one in summaries(run)
        if one.workload.size == found["entries"]
    }
    rows = [
        [name, f"{trips}", *(value(METRICS["wall"], wall + trips * link) for link in LINKS)]
        for name, trips in found["round_trips"].items()
        if (wall := walls.get(name))
    ]
    rows.sort(key=lambda row: walls[row[0]] or 0)
    headings = [f"{link * 1_000:.0f} ms" for link in LINKS]
    yield from table(["strategy", "round trips", *headings], rows)
    yield Note(
        f"Time to load and read {found['entries']:,} entries: as measured in {paths[1].name}, and "
        f"with the round trips times the latency. {ran_on(run)}. Counted: "
        f"{day_and_commit(found['environment'])}"
    )


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
