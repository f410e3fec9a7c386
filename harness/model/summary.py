"""A run summed up: a sample of each metric for each call on each workload. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import msgspec

from callmeter.worker import CHECK
from harness.model.cell import FLOOR, Consume, Workload, subject_of
from harness.model.metrics import GC_SHARE, LOADED, METRICS, OF_PROCESS, key_of
from harness.model.sample import Sample, differ, interval_of_ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callmeter.meters import Metric
    from harness.model.cell import Subject
    from harness.model.run import Measurement, Run

Base = Literal["floor", "reference"]


@dataclass(frozen=True)
class Summary:
    """A call on a workload: its samples by the metric's key, or what went wrong.

    `items` is how many items a call returns, if that is known. `floor` and `reference` are the
    summaries on the same workload that ratios are to, None where there are none. `has_other_count`,
    if the reference returns another number of items: its work is another one.
    """

    subject: Subject
    label: str
    items: int | None
    samples: dict[str, Sample]
    error: str | None = None
    unavailable: tuple[str, ...] = ()
    allocators: tuple[str, ...] = ()
    reference_name: str = ""
    is_yardstick: bool = False
    has_other_count: bool = False
    floor: Summary | None = field(default=None, repr=False)
    reference: Summary | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The strategy, yardstick or target."""
        return self.subject.name

    @property
    def workload(self) -> Workload:
        """What it worked on."""
        return self.subject.workload

    @property
    def is_reference(self) -> bool:
        """Whether times are ratios to this one."""
        return self.name == self.reference_name

    def sample(self, key: str) -> Sample | None:
        """Return the repeats of the metric, None where there are none, or where it failed."""
        return self.samples.get(key)

    def value(self, key: str) -> float | None:
        """Return the median of the metric, in its unit."""
        sample = self.samples.get(key)
        return sample.median if sample else None

    def per_item(self, key: str) -> float | None:
        """Return the median over the number of items, where that is known."""
        value = self.value(key)
        return value / self.items if value is not None and self.items else None

    def ratio(self, key: str, to: Base) -> float | None:
        """Return how many times the floor's or the reference's median this one's is."""
        if key in OF_PROCESS and to == "floor":
            return None
        base = self.floor if to == "floor" else self.reference
        value, whole = self.value(key), base.value(key) if base else None
        if whole is None and base and to == "floor":  # loading alone is the same memory there
            whole = base.value(LOADED.get(key, key))
        return value / whole if value is not None and whole else None

    def interval(self, key: str) -> tuple[float, float] | None:
        """Return where the ratio of the time to the reference's lies, at a confidence of 95%.

        None of the reference, where there is no ratio, of memory, and with too few repeats.
        """
        pair = self._beside_reference(key)
        is_ratio = not self.is_reference and self.ratio(key, "reference") is not None
        return interval_of_ratio(*pair) if pair and is_ratio else None

    def differs(self, key: str) -> bool | None:
        """Whether the metric differs from the reference's; None where too few repeats tell."""
        pair = self._beside_reference(key)
        return differ(*pair) if pair else None

    def _beside_reference(self, key: str) -> tuple[Sample, Sample] | None:
        mine = self.samples.get(key)
        base = self.reference.sample(key) if self.reference else None
        return (mine, base) if mine and base else None

    @property
    def native_share(self) -> float:
        """The part of the peak of all allocations that tracemalloc does not see; 0 if unknown."""
        whole, seen = self.value("peak"), self.value("traced_peak")
        return max(0.0, 1 - seen / whole) if whole and seen is not None else 0.0


def summaries(run: Run) -> list[Summary]:
    """Return a summary for each call on each workload: the yardsticks first, then as measured."""
    groups = groups_of(run)
    bare = {subject: _summary(run, subject, group) for subject, group in groups.items()}
    linked = []
    for subject, summary in bare.items():
        floor, reference = (
            bare.get(_beside(subject, name)) for name in (FLOOR, run.header.reference)
        )
        counts = (summary.items, reference.items if reference else None)
        is_other = None not in counts and len(set(counts)) > 1
        linked.append(
            replace(
                summary,
                floor=floor,
                reference=None if is_other else reference,
                has_other_count=is_other,
            )
        )
    return sorted(linked, key=lambda summary: not summary.is_yardstick)


def by_workload(run: Run) -> dict[tuple[Workload, Consume], list[Summary]]:
    """Return the summaries of each workload, by its size, components, profile and repetition."""
    found: dict[tuple[Workload, Consume], list[Summary]] = defaultdict(list)
    for summary in summaries(run):
        found[summary.workload, summary.subject.consume].append(summary)
    return dict(sorted(found.items(), key=_in_order))


def groups_of(run: Run) -> dict[Subject, list[Measurement]]:
    """Return the run's measurements by what they are of."""
    groups: dict[Subject, list[Measurement]] = defaultdict(list)
    for measurement in run.measurements:
        groups[subject_of(measurement.cell)].append(measurement)
    return dict(groups)


def metrics_of(found: Iterable[Summary]) -> list[Metric]:
    """Return the metrics that any of the summaries has, in the registry's order."""
    known = {key for summary in found for key in summary.samples}
    return [metric for key, metric in METRICS.items() if key in known]


def smallest_first(found: Iterable[Summary], key: str) -> list[Summary]:
    """Return the summaries by that metric, those without it last, in their order."""
    missing = float("inf")
    return sorted(found, key=lambda summary: missing if (v := summary.value(key)) is None else v)


def incomplete(run: Run) -> str | None:
    """Return how much of its plan a run that was cut short has: `17 of 40 cells`; None for all.

    What was left out of a strategy because it broke the contract is not missing.
    """
    groups = groups_of(run)
    metered = {key: sum(m.cell.meter != CHECK for m in group) for key, group in groups.items()}
    most: dict[Workload, int] = defaultdict(int)
    for subject, count in metered.items():
        most[subject.workload] = max(most[subject.workload], count)
    broken = [
        subject
        for subject, group in groups.items()
        if any((m.error or m.unavailable) and m.cell.meter == CHECK for m in group)
    ]
    left_out = sum(most[subject.workload] - metered[subject] for subject in broken)
    measured, planned = len(run.measurements), run.header.cells
    nothing_to_measure = len(broken) == len(groups)
    if measured + left_out >= planned or (broken and nothing_to_measure):
        return None
    return f"{measured:,} of {planned:,} cells"


def _summary(run: Run, subject: Subject, group: list[Measurement]) -> Summary:
    errors = dict.fromkeys(m.error for m in group if m.error)
    errors |= dict.fromkeys(_changing(subject.workload, group))
    missing = dict.fromkeys(f"{m.cell.meter}: {m.unavailable}" for m in group if m.unavailable)
    return Summary(
        subject,
        run.header.labels.get(subject.name, ""),
        _items(subject.workload, group),
        {} if errors else _samples(group, warm_up=run.header.warm_up),
        error="; ".join(errors) or None,
        unavailable=tuple(missing),
        allocators=tuple(dict.fromkeys(name for m in group for name in m.allocators)),
        reference_name=run.header.reference,
        is_yardstick=subject.name in run.header.yardsticks,
    )


def _samples(group: Iterable[Measurement], *, warm_up: bool) -> dict[str, Sample]:
    """Return the samples by the metric's key, in the registry's order; the first repeat first."""
    values: dict[str, list[float]] = defaultdict(list)
    for measurement in sorted(group, key=lambda measurement: measurement.cell.repeat):
        for key, value in values_by_key(measurement, warm_up=warm_up):
            values[key].append(value)
    return {key: Sample(METRICS[key], tuple(values[key])) for key in METRICS if key in values}


def values_by_key(measurement: Measurement, *, warm_up: bool) -> Iterator[tuple[str, float]]:
    """Yield the values of a measurement, each with the key of its metric.

    Where a run has no warm-up, first calls are what it is of, and stand under the usual keys.
    """
    cell, measured = measurement.cell, measurement.values
    how = cell if warm_up else msgspec.structs.replace(cell, cold=False)
    if measured.get("wall") and "gc" in measured and how.is_usual:
        yield GC_SHARE.key, measured["gc"] / measured["wall"]
    for name, value in measured.items():
        if key := key_of(name, cold=how.cold, part=how.part, collector=how.collector):
            yield key, value


def _items(workload: Workload, group: Iterable[Measurement]) -> int | None:
    counts = [
        measurement.items
        for measurement in group
        if measurement.items is not None and not measurement.error
    ]
    return workload.size * workload.at_once if workload.size else next(iter(counts), None)


def _changing(workload: Workload, group: Iterable[Measurement]) -> Iterator[str]:
    """Yield that a function's calls returned different numbers of items, if they did."""
    counts = dict.fromkeys(
        measurement.items for measurement in group if measurement.items is not None
    )
    if not workload.is_payroll and len(counts) > 1:
        known = ", then ".join(f"{count:,}" for count in counts)
        yield f"its calls gave {known} items: a call changes what the next one reads"


def _beside(subject: Subject, name: str) -> Subject:
    return type(subject)(name, subject.workload, subject.consume)


def _in_order(pair: tuple[tuple[Workload, Consume], object]) -> tuple[object, ...]:
    (one, consume), _ = pair
    return (
        one.size or 0,
        one.components,
        one.profile or "",
        one.repetition,
        one.at_once,
        consume,
    )
