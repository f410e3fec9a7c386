"""What a choice is worth where values repeat less than in the payrolls it was made for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.analysis.candidate import candidates, payrolls_of
from harness.analysis.choice import judge
from harness.model.cell import Consume
from harness.model.metrics import PEAKS
from harness.model.summary import summaries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.candidate import Payrolls
    from harness.analysis.choice import Decision
    from harness.model.summary import Summary


class Elsewhere(NamedTuple):
    """The same question of other payrolls: the winner, None for nothing.

    Without `is_judged`, the strategy that was chosen was not measured there as the limits need it,
    and the winner means nothing.
    """

    payrolls: Payrolls
    winner: str | None
    is_judged: bool


class Growth(NamedTuple):
    """How many times its peak at the chosen payrolls one call's peak is at others.

    `metric` is the key of that peak, `entries` the size of both payrolls.
    """

    payrolls: Payrolls
    times: float
    metric: str
    entries: int


def elsewhere(decision: Decision) -> list[Elsewhere]:
    """Return the winners by the same rule and limits at all other payrolls that the run has."""
    best = decision.best
    found = []
    for payrolls in _others(decision):
        judged = judge(candidates(decision.run, payrolls, decision.metric), decision.limits)
        known = {one.strategy for one in judged if one.need and not one.unmeasured}
        first = judged[0]
        name = first.strategy if first.fits else None
        found.append(Elsewhere(payrolls, name, bool(best and best.strategy in known)))
    return found


def growth(decision: Decision) -> Growth | None:
    """Return the largest growth of the chosen one's peak, at the size nearest to that asked about.

    It is of one call, by the best peak that both payrolls have. None without one.
    """
    best = decision.best
    measured = [
        one
        for one in summaries(decision.run)
        if best
        and one.name == best.strategy
        and one.workload.at_once == 1
        and one.subject.consume is Consume.HOLD
    ]
    grown = [found for other in _others(decision) for found in _growth(decision, measured, other)]
    return max(grown, key=lambda one: one.times, default=None)


def _growth(decision: Decision, measured: Sequence[Summary], other: Payrolls) -> Iterator[Growth]:
    """Yield the growth to those payrolls, if it was measured."""
    for key in PEAKS:
        old, new = (
            {
                one.workload.payroll.entries: one.value(key)
                for one in measured
                if payrolls.has(one.workload) and key in one.samples
            }
            for payrolls in (decision.payrolls, other)
        )
        if both := old.keys() & new.keys():
            entries = min(both, key=lambda size: (abs(size - decision.limits.entries), size))
            before, after = old[entries], new[entries]
            if before and after:
                yield Growth(other, after / before, key, entries)
                return


def _others(decision: Decision) -> list[Payrolls]:
    """Return the other payrolls of as many components, those that repeat most first."""
    of_run = {
        payrolls
        for one in decision.run.measurements
        if (payrolls := payrolls_of(one.cell.workload))
        and one.cell.consume is Consume.HOLD
        and one.cell.name not in decision.run.header.yardsticks
    }
    alike = (one for one in of_run if one.components == decision.payrolls.components)
    return sorted({*alike} - {decision.payrolls}, key=lambda one: one[1:])
