"""The block on stacks: what each strategy needs and takes on every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.metrics import METRICS, TIME
from harness.model.run import DRIVER
from harness.model.saved import read
from harness.model.summary import by_workload
from harness.report.comparison import ordered, shown_first
from harness.report.document import Note, table
from harness.report.format import ALIKE, percent, times, value
from harness.report.names import title_of_group
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

KEYS = ("peak", "retained", "rss_peak")


def stacks(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield a table for each metric, a row a strategy and a column a stack."""
    runs = [read(path) for path in paths]
    found = [_shown(run) for run in runs]
    for key in KEYS:
        rows = [
            [name, *(_ratio(of_stack.get(name), key) for of_stack in found)]
            for name, one in _first_of_each(found).items()
            if one.ratio(key, "floor") and not one.is_yardstick
        ]
        title = f"{METRICS[key].title}, x the floor of the same stack"
        yield from table(["strategy", *map(_short, runs)], rows, title=title)
    yield from _times(runs, found)
    for run, of_stack in zip(runs[:1], found, strict=False):
        yield Note(f"{title_of_group(list(of_stack.values()))}; the first: {ran_on(run)}")


def _times(runs: Sequence[Run], found: Sequence[Mapping[str, Summary]]) -> Iterator[Block]:
    """Yield the times relative to the reference's on the same stack, and to the first stack's.

    The latter may be compared: their repeats were taken in turn. The collector's share is the
    reference's.
    """
    every = _first_of_each(found).values()
    timed = [one for one in every if one.value(TIME) and not one.is_yardstick]
    if not timed:
        return
    headings = ["strategy", *map(_short, runs)]
    reference = timed[0].reference_name
    rows = [
        [one.name, *(_beside(of_stack, one.name) for of_stack in found)]
        for one in timed
        if not one.is_reference
    ]
    shares = (of_stack[reference].value("gc_share") for of_stack in found)
    texts = ("" if share is None else percent(share) for share in shares)
    rows.append([f"(GC of {reference})", *texts])
    title = METRICS[TIME].title
    yield from table(headings, rows, title=f"{title}, x {reference} on the same stack")
    rows = []
    for one in timed:
        there = [of_stack.get(one.name) for of_stack in found]
        first, *others = [other.value(TIME) if other else None for other in there]
        if first:
            ratios = ["" if wall is None else times(wall / first) for wall in others]
            rows.append([one.name, value(METRICS[TIME], first), *ratios])
    yield from table(
        headings, rows, title=f"{title}, on the first stack, and on the others x that one"
    )


def _beside(of_stack: Mapping[str, Summary], name: str) -> str:
    """Return the time relative to the reference's, `alike` where repeats do not tell them apart."""
    one = of_stack.get(name)
    ratio = one.ratio(TIME, "reference") if one else None
    if one is None or ratio is None:
        return ""
    return times(ratio) if one.differs(TIME) else ALIKE


def _first_of_each(found: Sequence[Mapping[str, Summary]]) -> dict[str, Summary]:
    """Return the strategies of all stacks, those of the first one first."""
    first: dict[str, Summary] = {}
    for of_stack in found:
        for name, one in of_stack.items():
            first.setdefault(name, one)
    return first


def _shown(run: Run) -> dict[str, Summary]:
    groups = by_workload(run)
    return {one.name: one for one in ordered(groups[shown_first(list(groups))], "peak")}


def _short(run: Run) -> str:
    """Return the stack as a heading: `3.13, 2.0.58`, of Python and SQLAlchemy; or its driver."""
    known = run.header.environment
    return known.get(DRIVER) or f"{minor_of(run)}, {known.get('sqlalchemy', '')}"


def minor_of(run: Run) -> str:
    """Return the version of the run's Python as `3.13`."""
    return ".".join(run.header.environment["python"].removeprefix("CPython ").split(".")[:2])


def _ratio(one: Summary | None, key: str) -> str:
    ratio = one.ratio(key, "floor") if one else None
    return "" if ratio is None else times(ratio)
