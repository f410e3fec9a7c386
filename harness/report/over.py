"""What is needed as one thing about the payrolls changes: a column for each of its values. Pure.

Over the repetition: how memory grows as values repeat less. Over the calls at once: how the peak of
all of them grows, and how many are served a second.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from callmeter.units import digits
from harness.analysis.candidate import RESIDENT
from harness.model.cell import FLOOR
from harness.model.metrics import METRICS, TIME
from harness.model.summary import summaries
from harness.report.axes import AXES, REPETITION
from harness.report.document import table
from harness.report.format import cell, times
from harness.report.names import title_of
from harness.report.notes import memory_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.model.cell import Consume, Workload
    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.axes import Axis
    from harness.report.document import Block

    Figure = Callable[[Summary], str]
    Alike = tuple[Workload, Consume]


def blocks(run: Run, shown: Alike | None = None) -> Iterator[Block]:
    """Yield the tables of workloads that differ in one field only; of one, those like it.

    As values repeat less, figures are ratios to the floor at the same repetition, where that was
    measured; of calls at once, they are of all together, and ratios to those of a single call.
    """
    found = summaries(run)
    for axis in AXES:
        groups: dict[Alike, list[Summary]] = {}
        wanted = shown and _without(axis, *shown)
        for summary in found:
            kind = _without(axis, summary.workload, summary.subject.consume)
            if wanted in (None, kind):
                groups.setdefault(kind, []).append(summary)
        for kind, like in groups.items():
            if len({_place(axis, summary) for summary in like}) > 1:
                yield from _tables(axis, kind, _ordered(axis, like))


def _ordered(axis: Axis, found: list[Summary]) -> list[Summary]:
    """Return the summaries by their peak where the field is least; without one there, last."""
    peak = next(iter(memory_keys(found)), "")
    first = min(_place(axis, summary) for summary in found)
    there = {one.name: one.value(peak) for one in found if _place(axis, one) == first}
    return sorted(found, key=lambda one: there.get(one.name) or float("inf"))


def _tables(axis: Axis, kind: Alike, found: list[Summary]) -> Iterator[Block]:
    what = title_of(*kind)
    if axis is REPETITION:
        for key in reversed(memory_keys(found)):
            is_to_floor = any(summary.ratio(key, "floor") is not None for summary in found)
            unit = f"x {FLOOR}" if is_to_floor else "MB"
            figure = partial(_to_floor if is_to_floor else _absolute, key)
            yield from _table(axis, found, figure, f"{METRICS[key].title}, {unit}", what)
        return
    is_resident = any(summary.sample(RESIDENT) for summary in found)
    peak = RESIDENT if is_resident else next(iter(memory_keys(found)), None)
    if peak:
        alone = {one.name: one.value(peak) for one in found if one.workload.at_once == 1}
        figure = partial(_beside_one_call, peak, alone)
        yield from _table(axis, found, figure, f"{METRICS[peak].title}, MB (x one call)", what)
    if any(summary.value(TIME) for summary in found):
        yield from _table(axis, found, _throughput, "calls a second", what)


def _table(
    axis: Axis, found: list[Summary], figure: Figure, title: str, what: str
) -> Iterator[Block]:
    places = sorted({_place(axis, summary) for summary in found})
    by_name: dict[str, dict[int, str]] = {}
    for summary in found:
        if not summary.is_yardstick and (text := figure(summary)):
            by_name.setdefault(summary.name, {})[_place(axis, summary)] = text
    rows = [[name, *(cells.get(at, "") for at in places)] for name, cells in by_name.items()]
    headings = ["strategy", *(axis.column.format(at) for at in places)]
    yield from table(headings, rows, title=f"{axis.title}: {title}, {what}")


def _to_floor(key: str, one: Summary) -> str:
    ratio = one.ratio(key, "floor")
    return "" if ratio is None else times(ratio)


def _absolute(key: str, one: Summary) -> str:
    number = one.value(key)
    return "" if number is None else cell(METRICS[key], number)


def _beside_one_call(key: str, alone: Mapping[str, float | None], one: Summary) -> str:
    """Return the value and, of several calls at once, how many times that of one call it is."""
    number, single = one.value(key), alone.get(one.name)
    is_alone = one.workload.at_once == 1
    ratio = f" ({times(number / single)})" if number and single and not is_alone else ""
    return _absolute(key, one) + ratio


def _throughput(one: Summary) -> str:
    wall = one.value(TIME)
    return digits(one.workload.at_once / wall) if wall else ""


def _without(axis: Axis, workload: Workload, consume: Consume) -> Alike:
    return replace(workload, **{axis.field: 1}), consume


def _place(axis: Axis, summary: Summary) -> int:
    place: int = getattr(summary.workload, axis.field)
    return place
