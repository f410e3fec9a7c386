"""What two runs differ in, metric by metric, and whether by more than the noise of both. Pure.

Memory is compared in bytes. Times of two runs are not comparable, as the machine or the moment is
another one: what is compared is the ratio to the reference within each run. It must differ by more
than the metric's tolerance, and in two tests:

- An exact rank test at 5% (`harness.model.rank_test`) of the ratios repeat by repeat. Repeats are
  interleaved, so that what slows the machine for a moment slows both times of a ratio.
- The middle halves of the ratios do not overlap, each as wide as the quartiles of both times allow.
  This is the safeguard: the rank test knows how the repeats of one run differ, and two runs differ
  by more, as each has a server, a state of the machine and a reference of its own. By ratios repeat
  by repeat alone, two runs of one commit were found to be different.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from callmeter.meters import SECONDS
from harness.model.cell import Subject
from harness.model.metrics import METRICS, VARIANTS
from harness.model.rank_test import quotient
from harness.model.run import ALWAYS_KNOWN
from harness.model.sample import Sample, differ, interval_of_ratio
from harness.model.summary import incomplete, summaries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from callmeter.meters import Metric
    from harness.model.run import Run
    from harness.model.summary import Summary

MACHINE = ("processor", "cores", "memory", "system", "libc")
"""What two runs on the same machine agree on; it takes more to be sure that they are."""

NOT_COMPARED = (
    *(variant.key for variant in VARIANTS),  # of other calls than the one that is asked about
    "gc",  # compared as `gc_share`
    "imports",  # of the process, whatever it calls
    "rss_retained",  # depends on which pages the allocator happens to give back
    "rss_children",
)
LEAST_OF_TIMES = 0.05
"""The share by which times of two runs differ at least: of 20 equal copies (results/copies.json), a
smaller difference of halves of one run was called by the rank test more often than its level."""
COMPARED = {key: metric for key, metric in METRICS.items() if key not in NOT_COMPARED}
"""The metrics that two runs are compared in, by their keys."""


class Outcome(StrEnum):
    """Whether two values differ."""

    CHANGED = "beyond the noise"
    ALIKE = "within the noise"
    UNKNOWN = "undecided"


class Value(NamedTuple):
    """A metric in one run: in bytes, as a share, or in times another one's, such as a reference's.

    A time of runs that were interleaved is in seconds.

    `low` and `high` are where the repeats lie; those of a ratio are as wide as the ranges of both
    allow. `sample` has the values repeat by repeat; `whole` is what a ratio is to.
    """

    summary: Summary
    median: float
    low: float
    high: float
    sample: Sample
    whole: float = 1.0

    @property
    def repeats(self) -> int:
        """How many there are."""
        return self.sample.n


Values = dict[tuple[Subject, "Metric"], Value]


class Change(NamedTuple):
    """A metric in both runs; `ratio` is after to before, None where before is nothing.

    `interval` is where the ratio lies by the rank test, at a confidence of 95%: None of memory, and
    with too few repeats. It is of the noise within the runs only.
    """

    subject: Subject
    metric: Metric
    before: Value
    after: Value
    ratio: float | None
    interval: tuple[float, float] | None
    outcome: Outcome


class Missing(NamedTuple):
    """What one run, the first (0) or the second (1), has alone, or has an error instead of.

    That is the subject, or, of one that both have, the metric.
    """

    subject: Subject
    run: int
    metric: Metric | None = None
    error: str | None = None


class Difference(NamedTuple):
    """All that two runs differ in, and all that they do not.

    `settings` are what is not the same in the environments; None where a run does not know it.
    """

    settings: dict[str, tuple[str | None, str | None]]
    is_same_machine: bool
    changes: list[Change]
    only_in: list[Missing]
    failures: list[Missing]
    cut_short: tuple[str | None, str | None]
    runs: tuple[Run, Run]


def between(
    before: Run,
    after: Run,
    metrics: Collection[Metric] | None = None,
    *,
    to_floor: bool = False,
    are_interleaved: bool = False,
) -> Difference:
    """Compare the second run with the first, in those metrics, of the ones that are comparable.

    Times are, as ratios, where the two have one reference; themselves, where `are_interleaved`: the
    repeats of both were taken in turn. With `to_floor`, memory is compared as ratios to the floor
    in the same run, which takes out how large Python's own objects are in either.
    """
    first, second = (
        {summary.subject: summary for summary in summaries(run)} for run in (before, after)
    )
    has_times = are_interleaved or before.header.reference == after.header.reference
    compared = [
        metric
        for metric in COMPARED.values()
        if (metrics is None or metric in metrics) and (metric.unit != SECONDS or has_times)
    ]
    old, new = (
        values(found.values(), compared, to_floor=to_floor, as_ratios=not are_interleaved)
        for found in (first, second)
    )
    one, other = before.header.environment, after.header.environment
    return Difference(
        settings={
            what: (one.get(what), other.get(what))
            for what in dict.fromkeys(chain(ALWAYS_KNOWN, one, other))
            if one.get(what) != other.get(what)
        },
        is_same_machine=all(one.get(key, "?") == other.get(key) != "unknown" for key in MACHINE),
        changes=[_change(*key, value, new[key]) for key, value in old.items() if key in new],
        only_in=[
            *dict.fromkeys(_only_in(0, old, new, second)),
            *dict.fromkeys(_only_in(1, new, old, first)),
        ],
        failures=[
            Missing(subject, nth, error=summary.error)
            for nth, found in enumerate((first, second))
            for subject, summary in found.items()
            if summary.error
        ],
        cut_short=(incomplete(before), incomplete(after)),
        runs=(before, after),
    )


def values(
    found: Iterable[Summary],
    metrics: Collection[Metric],
    *,
    to_floor: bool = False,
    as_ratios: bool = True,
) -> Values:
    """Return what can be compared of the summaries, by subject and metric.

    Times are ratios to the reference's where `as_ratios`, memory to the floor's with `to_floor`.
    """
    pairs = ((summary, metric) for summary in found for metric in metrics)
    return {
        (summary.subject, metric): value
        for summary, metric in pairs
        if (value := _value(summary, metric, to_floor=to_floor, as_ratios=as_ratios))
    }


def _value(summary: Summary, metric: Metric, *, to_floor: bool, as_ratios: bool) -> Value | None:
    sample = summary.sample(metric.key)
    if sample is None:
        return None
    is_of_floor = to_floor and metric.is_memory
    if not is_of_floor and (metric.unit != SECONDS or not as_ratios):
        return Value(summary, sample.median, *sample.range, sample)
    whole = summary.floor if is_of_floor else summary.reference
    base = whole.sample(metric.key) if whole else None
    if (summary.is_reference and not is_of_floor) or base is None or base.median <= 0:
        return None
    (low, high), (base_low, base_high) = sample.range, base.range
    low, high = low / base_high, high / (base_low if base_low > 0 else base.median)
    by_repeat = tuple(map(quotient, sample.values, base.values))
    ratio = sample.median / base.median
    return Value(summary, ratio, low, high, Sample(metric, by_repeat), base.median)


def _change(subject: Subject, metric: Metric, before: Value, after: Value) -> Change:
    """Return the change, and whether it is beyond what the metric and the repeats allow for."""
    ratio = after.median / before.median if before.median > 0 else None
    interval = None if ratio is None else interval_of_ratio(after.sample, before.sample)
    is_different = differ(before.sample, after.sample)
    least = LEAST_OF_TIMES if metric.unit == SECONDS else metric.tolerance
    is_small = ratio is not None and abs(ratio - 1) <= least
    resolution = metric.resolution / min(before.whole, after.whole)
    is_small |= abs(after.median - before.median) <= resolution
    is_overlapping = before.low <= after.high and after.low <= before.high
    outcome = Outcome.CHANGED
    if is_different is None:
        outcome = Outcome.UNKNOWN
    elif is_small or is_overlapping or not is_different:
        outcome = Outcome.ALIKE
    return Change(subject, metric, before, after, ratio, interval, outcome)


def _only_in(
    run: int, mine: Values, theirs: Values, there: dict[Subject, Summary]
) -> Iterator[Missing]:
    for subject, metric in mine:
        if subject not in there:
            yield Missing(subject, run)
        elif (subject, metric) not in theirs and not there[subject].error:
            yield Missing(subject, run, metric)
