"""The stacks of a sweep: what differs on each from the first, and in which direction. Pure.

Their repeats were taken in turn on one machine, so that times are compared themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.difference import COMPARED, Outcome, Value, between, values
from harness.model.summary import summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callmeter.meters import Metric
    from harness.analysis.difference import Change, Difference
    from harness.model.cell import Subject
    from harness.model.run import Run
    from harness.model.summary import Summary

METERS = tuple(dict.fromkeys(metric.meter for metric in COMPARED.values()))
"""The meters of what is compared."""


@dataclass(frozen=True)
class Row:
    """A metric of a call on every stack: its value on the first, and its change on the others.

    That is None where a stack has no value.
    """

    subject: Subject
    metric: Metric
    first: Value
    changes: tuple[Change | None, ...]

    @property
    def is_moved(self) -> bool:
        """Whether it is beyond the noise on any stack."""
        return any(change and change.outcome is Outcome.CHANGED for change in self.changes)

    @property
    def is_of_yardstick(self) -> bool:
        """Whether it is of what is measured beside the strategies, and is none."""
        return self.first.summary.is_yardstick


@dataclass(frozen=True)
class Beside:
    """A stack beside the first: its name, its run, and what differs."""

    name: str
    run: Run
    difference: Difference


@dataclass(frozen=True)
class Tally:
    """The changes of one metric on one stack, by their outcome."""

    less: tuple[Change, ...]
    more: tuple[Change, ...]
    alike: tuple[Change, ...]
    undecided: tuple[Change, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.less) + len(self.more) + len(self.alike) + len(self.undecided)


def beside_first(runs: Mapping[str, Run]) -> list[Beside]:
    """Return the other stacks' runs beside the first one's, by the names of the stacks."""
    (_, first), *others = runs.items()
    return [Beside(name, run, between(first, run, are_interleaved=True)) for name, run in others]


def rows(first: Run, others: Sequence[Beside]) -> list[Row]:
    """Return a row for each metric of each call: by call, metrics in the registry's order."""
    on_first = values(summaries(first), COMPARED.values(), as_ratios=False)
    changes = [
        {(change.subject, change.metric): change for change in other.difference.changes}
        for other in others
    ]
    return [
        Row(subject, metric, value, tuple(found.get((subject, metric)) for found in changes))
        for (subject, metric), value in on_first.items()
    ]


def tally(changes: Iterable[Change]) -> Tally:
    """Return the changes by outcome and direction, the largest first."""
    found = sorted(changes, key=_size, reverse=True)
    moved = [change for change in found if change.outcome is Outcome.CHANGED]
    return Tally(
        tuple(change for change in moved if change.after.median < change.before.median),
        tuple(change for change in moved if change.after.median >= change.before.median),
        tuple(change for change in found if change.outcome is Outcome.ALIKE),
        tuple(change for change in found if change.outcome is Outcome.UNKNOWN),
    )


def _size(change: Change) -> float:
    """Return how far the ratio is from 1, the same in both directions."""
    if not change.ratio:
        return float("inf")
    return max(change.ratio, 1 / change.ratio) if change.ratio > 0 else float("inf")


def unavailable(run: Run) -> list[Summary]:
    """Return the summaries of calls of which nothing could be measured, without an error."""
    return [one for one in summaries(run) if not one.samples and one.unavailable]
