"""The blocks on a server that is further away: what round trips add, and what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.slow_link.table import blocks as as_measured
from harness.model.metrics import METRICS
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report.document import Note, table
from harness.report.format import value
from harness.report.stack import ran_on
from tools.figures import day_and_commit, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.report.document import Block

LINKS = (0, 0.001, 0.005, 0.02)
"""Seconds that a round trip takes more."""


def round_trips(paths: Sequence[Path]) -> Iterator[Block]:
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


def slow_link(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the time of each strategy that was measured over longer links."""
    counted, run = paths
    yield from as_measured(read(run), load(counted))
