"""The strategies of a run, with what a choice between them needs of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError
from harness.analysis.prediction import Point
from harness.model.cell import REFERENCE, Consume, how_values_repeat
from harness.model.metrics import PEAKS
from harness.model.summary import summaries
from harness.payroll.verify import BrokenContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.model.summary import Summary

    Points = tuple[Point, ...]

RESIDENT = "rss_peak"
"""The peak of what a container's limit counts."""
BASE, FILES = "base", "base_files"
"""What a process holds before the call: of its own, and mapped from files."""


class Payrolls(NamedTuple):
    """Which payrolls of a run to learn from; they may be of any size, and so many at once."""

    components: int = 6
    profile: str = "realistic"
    repetition: int = 1

    @property
    def options(self) -> list[str]:
        """The words of a command that name such payrolls, without those that are the default."""
        fields = zip(self._fields, self, Payrolls(), strict=True)
        return [
            word
            for name, value, usual in fields
            if value != usual
            for word in (f"--{name}", str(value))
        ]

    def has(self, workload: Workload) -> bool:
        """Whether the workload is such a payroll."""
        return payrolls_of(workload) == self


def payrolls_of(workload: Workload) -> Payrolls | None:
    """Return which payrolls differ from it in their size alone; None of a user's function."""
    if workload.profile is None:
        return None
    return Payrolls(workload.components, workload.profile, workload.repetition)


class Failure(NamedTuple):
    """An error at a payroll of so many entries, in so many calls at once."""

    entries: int
    error: str
    at_once: int = 1

    def counts_at(self, entries: int, at_once: int) -> bool:
        """Whether it speaks of that: of larger payrolls, or of all if the contract is broken."""
        is_breach = self.error.startswith(BrokenContractError.__name__)
        return is_breach or (self.entries <= entries and self.at_once <= at_once)

    def in_words(self, entries: int) -> str:
        """Return the error, with the size where that is another one."""
        where = f" at {self.entries:,} entries" if self.entries != entries else ""
        return self.error + where + (f", {self.at_once} at once" if self.at_once > 1 else "")


class Served(NamedTuple):
    """How many times the peak of first calls the highest one over many calls was, 1 or more."""

    entries: int
    at_once: int
    times: float

    def distance(self, entries: int, at_once: int) -> float:
        """Return how far it is from that: the product of how many times the one is the other."""
        pairs = ((self.entries, entries), (self.at_once, at_once))
        size, number = (max(one / other, other / one) for one, other in pairs)
        return size * number


@dataclass(frozen=True)
class Candidate:
    """A strategy as a run has it: its values at each size, and the traits it offers.

    `peak` and `retained` are of one call and of the metric that memory is judged by. `resident` is
    the peak of resident memory by the number of calls at once, `times` the time of the slowest of
    them, `base` what the process held before, whatever payroll it read then, and `today` what the
    reference's did. `served` is how much higher many calls peak, `files` the bytes mapped from
    files, None where that was not measured. `offers` is None where it is unknown; `unmeasured` is
    why there is no peak.
    """

    strategy: str
    label: str
    offers: frozenset[str] | None
    peak: Points = ()
    retained: Points = ()
    times: Mapping[int, Points] = field(default_factory=dict)
    resident: Mapping[int, Points] = field(default_factory=dict)
    base: Mapping[int, Points] = field(default_factory=dict)
    today: Mapping[int, Points] = field(default_factory=dict)
    served: tuple[Served, ...] = ()
    files: float | None = None
    failures: tuple[Failure, ...] = ()
    unmeasured: str | None = None

    @property
    def sizes(self) -> list[int]:
        """The entries of the payrolls at which its memory was measured, smallest first."""
        known = (self.peak, *self.resident.values())
        return sorted({point.entries for points in known for point in points})

    def served_at(self, entries: int, at_once: int) -> float:
        """Return how many times a first call's peak one of many calls has; 1 if not measured.

        As at the nearest size and number of calls that was.
        """
        by_distance = ((one.distance(entries, at_once), -one.times) for one in self.served)
        _, less = min(by_distance, default=(0.0, -1.0))
        return -less

    def unmeasured_at(self, entries: int, at_once: int = 1) -> str | None:
        """Return why it cannot be judged at that size, such as that it failed at a smaller one."""
        errors = (
            failure.in_words(entries)
            for failure in self.failures
            if failure.counts_at(entries, at_once)
        )
        return "; ".join(dict.fromkeys(errors)) or self.unmeasured


def candidates(run: Run, payrolls: Payrolls, metric: str) -> list[Candidate]:
    """Return the strategies that the run measured on such payrolls, as lists; no yardsticks.

    Memory is judged by the peak of that key. Raises UsageError if there are no strategies, as in a
    run of the user's functions.
    """
    found = summaries(run)
    if not all(summary.workload.is_payroll for summary in found):
        raise UsageError(
            "the run is of functions of your own, not of strategies; see it with `report`, compare "
            "two with `diff`, and hold the line with `check` or a test (docs/hold-the-line.md)"
        )
    lists: dict[str, list[Summary]] = {}
    for summary in found:
        if summary.subject.consume is Consume.HOLD and not summary.is_yardstick:
            lists.setdefault(summary.name, []).append(summary)
    by_name = {
        name: measured
        for name, of_all in lists.items()
        if (measured := [one for one in of_all if payrolls.has(one.workload)])
    }
    if not by_name:
        raise UsageError(f"the run has no lists of {_of(payrolls)}; it has: {_payrolls(found)}")
    offers = run.header.offers
    bases = {name: _by_number(of_all, BASE) for name, of_all in lists.items()}
    return [
        _candidate(measured, metric, offers.get(name), bases) for name, measured in by_name.items()
    ]


def _candidate(
    measured: Sequence[Summary],
    metric: str,
    offers: Iterable[str] | None,
    bases: Mapping[str, Mapping[int, Points]],
) -> Candidate:
    of_one = [summary for summary in measured if summary.workload.at_once == 1]
    peak, retained, wall = (tuple(_points(of_one, key)) for key in (metric, PEAKS[metric], "wall"))
    resident = _by_number(measured, RESIDENT)
    missing = dict.fromkeys(reason for summary in measured for reason in summary.unavailable)
    return Candidate(
        measured[0].name,
        measured[0].label,
        None if offers is None else frozenset(offers),
        peak,
        retained,
        _by_number(measured, "slowest") | ({1: wall} if wall else {}),
        resident,
        bases[measured[0].name],
        bases.get(REFERENCE, {}),
        tuple(_served(measured)),
        max((files for one in measured if (files := one.value(FILES))), default=None),
        tuple(
            Failure(summary.workload.payroll.entries, summary.error, summary.workload.at_once)
            for summary in measured
            if summary.error
        ),
        None
        if peak or (metric == RESIDENT and resident)
        else "; ".join([*missing, f"no {metric}"]),
    )


def _by_number(measured: Sequence[Summary], key: str) -> dict[int, Points]:
    """Return the points of the metric by the number of calls at once."""
    numbers = sorted({summary.workload.at_once for summary in measured})
    found = {
        number: tuple(_points((one for one in measured if one.workload.at_once == number), key))
        for number in numbers
    }
    return {number: points for number, points in found.items() if points}


def _served(measured: Iterable[Summary]) -> Iterator[Served]:
    """Yield how much higher many calls peaked, where both were measured.

    An excess that the metric does not resolve, such as one arena, is none.
    """
    for summary in measured:
        highest, first = summary.sample("calls_peak"), summary.value(RESIDENT)
        if highest and first:
            peak, workload = highest.range[1], summary.workload
            is_more = peak - first > highest.metric.resolution
            times = peak / first if is_more else 1.0
            yield Served(workload.payroll.entries, workload.at_once, times)


def _points(sizes: Iterable[Summary], key: str) -> Iterator[Point]:
    """Yield the medians; a margin is that of the repeats, at least what the metric allows them."""
    for summary in sizes:
        sample = summary.sample(key)
        if sample and sample.median > 0:
            reach = max(abs(end - sample.median) for end in sample.range) / sample.median
            metric = sample.metric
            margin = max(reach, metric.tolerance, metric.resolution / sample.median)
            yield Point(summary.workload.payroll.entries, sample.median, margin)


def _payrolls(found: Iterable[Summary]) -> str:
    known = dict.fromkeys(
        f"{'lists' if summary.subject.consume == Consume.HOLD else 'streams'} of "
        f"{_of(summary.workload)}"
        for summary in found
    )
    return "; ".join(known) or "no measurement"


def _of(payrolls: Payrolls | Workload) -> str:
    repeat = how_values_repeat(payrolls.profile, payrolls.repetition)
    return f"{payrolls.components} components, {repeat}"
