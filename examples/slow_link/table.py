"""What the example shows: the time of every strategy over every link, beside its round trips."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from harness.model.summary import summaries
from harness.report.document import Bullets, Note, table
from harness.report.format import median_of, times
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

CALL = re.compile(r"read\('(?P<strategy>.+)', (?P<milliseconds>\d+)\)")


def blocks(run: Run, counted: dict[str, Any]) -> Iterator[Block]:
    """Yield a row a strategy that was measured, the fastest over the shortest link first.

    A ratio is to the first strategy that was counted, over the same link.
    """
    links: dict[int, dict[str, Summary]] = defaultdict(dict)
    for one in summaries(run):
        if match := CALL.search(one.name):
            links[int(match["milliseconds"])][match["strategy"]] = one
    trips: dict[str, int] = counted["round_trips"]
    first, *_ = trips
    shortest = links[min(links)]
    rows = [
        [name, str(trips[name]), *(_cell(link[name], link[first]) for link in links.values())]
        for name in sorted(shortest, key=lambda name: shortest[name].value("wall") or 0)
    ]
    yield from table(["strategy", "round trips", *(f"{link} ms" for link in links)], rows)
    if failures := [f"{one.name}: {one.error}" for one in summaries(run) if one.error]:
        yield Bullets(tuple(failures))
    yield Note(
        f"Time to load and read {counted['entries']:,} entries, by what a round trip takes more; "
        f"beside it, relative to {first} over the same link. {ran_on(run)}"
    )


def _cell(one: Summary, first: Summary) -> str:
    wall, base = one.value("wall"), first.value("wall")
    ratio = f" ({times(wall / base)})" if wall and base and one is not first else ""
    return f"{median_of(one, 'wall')}{ratio}"
