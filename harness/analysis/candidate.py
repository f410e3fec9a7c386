"""The strategies of a run, with what a choice between them needs of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError
from harness.analysis.prediction import Point
from harness.model.cell import Consume, how_values_repeat
from harness.model.metrics import PEAKS
from harness.model.summary import summaries
from harness.payroll.verify import BrokenContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.model.summary import Summary

RESIDENT = "rss_peak"
"""The peak of what a container's limit counts."""


class Payrolls(NamedTuple):
    """Which payrolls of a run to learn from; they may be of any size."""

    components: int = 6
    profile: str = "realistic"
    repetition: int = 1

    def has(self, workload: Workload) -> bool:
        """Whether the workload is such a payroll."""
        return (workload.components, workload.profile, workload.repetition) == self


class Failure(NamedTuple):
    """An error at a payroll of so many entries."""

    entries: int
    error: str

    def counts_at(self, entries: int) -> bool:
        """Whether it speaks of that size: of larger ones, or of all if the contract is broken."""
        is_breach = self.error.startswith(BrokenContractError.__name__)
        return is_breach or self.entries <= entries


@dataclass(frozen=True)
class Candidate:
    """A strategy as a run has it: its values at each size, and the traits it offers.

    `peak` and `retained` are of the metric that memory is judged by, `resident` is the peak of
    resident memory. `offers` is None where it is unknown; `unmeasured` is why there is no peak.
    """

    strategy: str
    label: str
    offers: frozenset[str] | None
    peak: tuple[Point, ...] = ()
    retained: tuple[Point, ...] = ()
    wall: tuple[Point, ...] = ()
    resident: tuple[Point, ...] = ()
    failures: tuple[Failure, ...] = ()
    unmeasured: str | None = None

    def unmeasured_at(self, entries: int) -> str | None:
        """Return why it cannot be judged at that size, such as that it failed at a smaller one."""
        errors = (
            f"{failure.error}{f' at {failure.entries:,} entries' * (failure.entries != entries)}"
            for failure in self.failures
            if failure.counts_at(entries)
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
    by_name: dict[str, list[Summary]] = {}
    for summary in found:
        is_list = summary.subject.consume is Consume.HOLD and not summary.is_yardstick
        if is_list and payrolls.has(summary.workload):
            by_name.setdefault(summary.name, []).append(summary)
    if not by_name:
        raise UsageError(f"the run has no lists of {_of(payrolls)}; it has: {_payrolls(found)}")
    offers = run.header.offers
    return [_candidate(sizes, metric, offers.get(name)) for name, sizes in by_name.items()]


def _candidate(sizes: Sequence[Summary], metric: str, offers: Iterable[str] | None) -> Candidate:
    peak, retained, wall, resident = (
        tuple(_points(sizes, key)) for key in (metric, PEAKS[metric], "wall", RESIDENT)
    )
    missing = dict.fromkeys(reason for summary in sizes for reason in summary.unavailable)
    return Candidate(
        sizes[0].name,
        sizes[0].label,
        None if offers is None else frozenset(offers),
        peak,
        retained,
        wall,
        resident,
        tuple(
            Failure(summary.workload.payroll.entries, summary.error)
            for summary in sizes
            if summary.error
        ),
        None if peak else "; ".join([*missing, f"no {metric}"]),
    )


def _points(sizes: Iterable[Summary], key: str) -> Iterator[Point]:
    """Yield the medians; a margin is that of the repeats, at least the metric's tolerance."""
    for summary in sizes:
        sample = summary.sample(key)
        if sample and sample.median > 0:
            reach = max(abs(end - sample.median) for end in sample.range) / sample.median
            margin = max(reach, sample.metric.tolerance)
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
