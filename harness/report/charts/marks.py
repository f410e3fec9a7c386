"""What the charts draw: the summaries of a run as ratios, where there is a base for them. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.units import digits
from harness.analysis.candidate import BASE, RESIDENT
from harness.model.cell import FLOOR, Consume, Subject, subject_of
from harness.model.metrics import METRICS, PEAKS, TIME
from harness.model.summary import by_workload, summaries, values_by_key
from harness.report.answer import against_reference
from harness.report.axes import AXES
from harness.report.comparison import ordered, shown_first
from harness.report.explanation import only_explained
from harness.report.format import median_of, times
from harness.report.names import short
from harness.report.notes import judged_peak

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.model.run import Run
    from harness.model.summary import Summary

Mark = dict[str, Any]
"""What one mark of a chart shows."""

FIRST_LINE = 2
"""The line of a saved run that has its first measurement; line 1 is the header."""

IN_CONTAINER = "RSS at the peak with the base, MB"

Group = list["Summary"]
"""The calls on one workload, in the order in which they are shown."""


class Basis(NamedTuple):
    """Which peak the charts of a run show, and the units of memory and of time.

    The units are ratios, but for a run that did not measure what they would be ratios to.
    `holds`, if items were held, so that some are retained. `reference` is the reference's short
    name, and `item` what there are many of in a workload. `together` is what is shown of calls at
    once, in MB: resident memory on the base of the process, where that was measured.
    """

    peak: str
    memory: str
    time: str
    holds: bool
    reference: str
    item: str
    together: str


def is_ratio(unit: str) -> bool:
    """Whether the unit is a ratio, `x floor`."""
    return unit.startswith("x ")


def basis(run: Run) -> Basis:
    """Return what the charts of the run can show."""
    calls = summaries(run)
    peak = judged_peak(calls) or next(iter(PEAKS))
    is_to_floor = any(call.ratio(peak, "floor") is not None for call in calls)
    is_to_reference = any(call.ratio(TIME, "reference") is not None for call in calls)
    reference = short(run.header.reference)
    item = calls[0].workload.item if calls else "entry"
    return Basis(
        peak,
        f"x {FLOOR}" if is_to_floor else "MB",
        f"x {reference}" if is_to_reference else f"µs an {item}",
        any(call.subject.consume == Consume.HOLD for call in calls),
        reference,
        item,
        IN_CONTAINER if any(map(_is_resident, calls)) else "peak, MB",
    )


def groups(run: Run, sort: str) -> list[Group]:
    """Return the calls that were compared by workload, sorted as in a comparison."""
    if only_explained(run):
        return []
    return [ordered(found, sort) for found in by_workload(run).values()]


def first_shown(compared: list[Group]) -> int:
    """Return the place of the workload to show first."""
    workloads = [(group[0].workload, group[0].subject.consume) for group in compared]
    return workloads.index(shown_first(workloads)) if workloads else 0


def calls(run: Run, compared: list[Group]) -> list[Mark]:
    """Return a mark for each call, in the units of `basis`; None where there is no figure.

    `payroll` is a place in the groups; `memory_lines` and `time_lines` are the lines of the saved
    run that the values are medians of. A call `grows` that differs from the workload shown first
    in its size at most; one that differs from it in its size and its place on an axis of curves at
    most has its size as what it is `over` that axis.
    """
    based, lines = basis(run), _lines(run)
    first = compared[first_shown(compared)][0].subject if compared else None
    return [
        {
            "payroll": place,
            "strategy": call.name,
            "label": call.label,
            "entries": call.workload.size,
            "grows": _is_like(call.subject, first, "size"),
            **_on_curves(call, first),
            "is_yardstick": call.is_yardstick,
            **_memory(call, based),
            **_time(call, based),
            **_together(call, based),
            "memory_lines": ", ".join(map(str, lines[call.subject, based.peak])),
            "time_lines": ", ".join(map(str, lines[call.subject, TIME])),
        }
        for place, group in enumerate(compared)
        for call in group
    ]


def _is_like(one: Subject, other: Subject | None, *but: str) -> bool:
    """Whether two calls are on one kind of workload, whatever these fields of it are."""
    if other is None or one.consume is not other.consume:
        return False
    fields = [name for name in one.workload.__struct_fields__ if name not in but]
    return all(getattr(one.workload, name) == getattr(other.workload, name) for name in fields)


def _on_curves(call: Summary, first: Subject | None) -> Mark:
    """Return where the call is on the axes of curves, and on which of them it is."""
    mark: Mark = {}
    for axis in AXES:
        mark[axis.field] = getattr(call.workload, axis.field)
        is_on = _is_like(call.subject, first, "size", axis.field)
        mark[axis.size_field] = (call.workload.size or 0) if is_on else None
    return mark


def _together(call: Summary, based: Basis) -> Mark:
    """Return what all calls of the workload take up together, and how many are made a second.

    `base_mb` is in it; `more_mb` is how much of that the reference does not need.
    """
    is_resident = based.together == IN_CONTAINER
    peak, wall = call.value(RESIDENT if is_resident else based.peak), call.value(TIME)
    base = call.value(BASE) if is_resident else 0.0
    mark = {"together": None, "throughput": call.workload.at_once / wall if wall else None}
    if peak is None or base is None:
        return mark
    mark["together"] = (peak + base) / 1e6
    if is_resident:
        today = call.reference.value(BASE) if call.reference else None
        more = max(0.0, base - today) if today is not None else 0.0
        mark |= {"base_mb": base / 1e6, "more_mb": more / 1e6}
    return mark


def _is_resident(call: Summary) -> bool:
    return call.sample(RESIDENT) is not None and call.sample(BASE) is not None


def _memory(call: Summary, based: Basis) -> Mark:
    mark: Mark = {}
    for field, key in (("peak", based.peak), ("retained", PEAKS[based.peak])):
        size = call.value(key)
        mark[f"{field}_mb"] = None if size is None else size / 1e6
        mark[field] = call.ratio(key, "floor") if is_ratio(based.memory) else mark[f"{field}_mb"]
    if mark["peak"] is not None:
        text = median_of(call, based.peak)
        is_to_floor = is_ratio(based.memory)
        mark["peak_text"] = f"{times(mark['peak'])} · {text}" if is_to_floor else text
    return mark


def _time(call: Summary, based: Basis) -> Mark:
    wall, ratio = call.sample(TIME), call.ratio(TIME, "reference")
    microseconds = wall.median / (call.items or 1) * 1e6 if wall else None
    time = ratio if is_ratio(based.time) else microseconds
    if wall is None or microseconds is None or time is None:
        return dict.fromkeys(("time", "time_low", "time_high", "work"))
    low, high = (time * end / wall.median if wall.median else 0 for end in wall.range)
    share = call.value("gc_share")
    return {
        "time": time,
        "time_low": low,
        "time_high": high,
        "work": time * (1 - (share or 0)),
        "gc_share": share,
        "time_us": microseconds,
        "time_text": digits(microseconds) if ratio is None else against_reference(call),
    }


def repeats(run: Run, compared: list[Group]) -> list[Mark]:
    """Return a mark for each repeat of some metrics: how much it is off their median."""
    lines, keys = _lines(run), repeated(run)
    return [
        {
            "payroll": place,
            "strategy": call.name,
            "metric": METRICS[key].title,
            "off": value / sample.median - 1,
            "line": line,
        }
        for place, group in enumerate(compared)
        for call in group
        for key in keys
        if (sample := call.sample(key)) and sample.n > 1 and sample.median
        for line, value in lines[call.subject, key].items()
    ]


def repeated(run: Run) -> list[str]:
    """Return the metrics whose repeats are shown: what is judged by, and resident memory."""
    return list(dict.fromkeys((basis(run).peak, RESIDENT, TIME)))


def _lines(run: Run) -> dict[tuple[Subject, str], dict[int, float]]:
    """Return the values of each call's metrics by their lines in the saved run."""
    lines: dict[tuple[Subject, str], dict[int, float]] = defaultdict(dict)
    for line, measurement in enumerate(run.measurements, FIRST_LINE):
        for key, value in values_by_key(measurement, warm_up=run.header.warm_up):
            lines[subject_of(measurement.cell), key][line] = value
    return lines


def front(marks: Iterable[Mark]) -> Iterator[str]:
    """Yield the strategies that nothing beats in both peak and time, smallest first."""
    measured = [
        mark
        for mark in marks
        if not mark["is_yardstick"] and mark["peak"] is not None and mark["time"] is not None
    ]
    best = float("inf")
    for mark in sorted(measured, key=lambda mark: (mark["peak"], mark["time"])):
        if mark["time"] < best:
            best = mark["time"]
            yield mark["strategy"]
