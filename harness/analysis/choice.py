"""Which strategy fits the limits that somebody has: predicted, judged, put in order. Pure.

The rule, also said to the user (RULE): what fits, and disrupts least, and then needs least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from harness.analysis.prediction import predict
from harness.runner.plan import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.prediction import Prediction
    from harness.analysis.ways import Way

RULE = (
    "Of the strategies that fit (every budget holds the upper end of the prediction, every --need "
    f"is offered), the one that gives up the fewest traits of {REFERENCE}, the way it is done "
    "today; among equals, the one with the lowest peak."
)


@dataclass(frozen=True)
class Limits:
    """What a read must keep to: bytes at its peak, seconds (None: any), the traits needed."""

    entries: int
    memory: float
    time: float | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A way held against limits: what it will need, which traits it lacks, what it gives up.

    `gives_up` is of what the reference offers, None if unknown; `lacks` is of what is needed;
    `unmeasured` says why it cannot be judged at that size, if so.
    """

    way: Way
    limits: Limits
    peak: Prediction | None
    delta: Prediction | None
    wall: Prediction | None
    lacks: tuple[str, ...]
    gives_up: tuple[str, ...] | None
    unmeasured: str | None = None

    @property
    def of_memory(self) -> float:
        """What part of the memory budget is needed, at worst; infinite if not measured."""
        return _part(self.peak.high, self.limits.memory) if self.peak else inf

    @property
    def of_time(self) -> float:
        """What part of the time budget is needed, at worst; 0 without such a budget."""
        if self.limits.time is None:
            return 0.0
        return _part(self.wall.high, self.limits.time) if self.wall else inf

    @property
    def fits(self) -> bool:
        """Whether every budget holds the upper end, and every need is met."""
        return not self.lacks and max(self.of_memory, self.of_time) <= 1

    @property
    def disruption(self) -> float:
        """How many traits are given up; unknown is more than any number."""
        return inf if self.gives_up is None else len(self.gives_up)


def judge(way: Way, limits: Limits, baseline: frozenset[str]) -> Verdict:
    """Hold a way against limits; `baseline` is what the reference offers."""
    unmeasured = way.unmeasured_at(limits.entries)
    peak, delta, wall = (
        predict(points, limits.entries) if points and not unmeasured else None
        for points in (way.peak, way.delta, way.wall)
    )
    if peak and delta and delta.value > peak.value:  # two lines that cross: a peak holds it all
        peak = peak._replace(value=delta.value)
    known = way.offers
    lacks = tuple(need for need in limits.needs if known is None or need not in known)
    gives_up = None if known is None else tuple(sorted(baseline - known))
    return Verdict(way, limits, peak, delta, wall, lacks, gives_up, unmeasured)


def ordered(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Give the verdicts best first: those that fit by the rule, then the others, nearest first."""
    return sorted(verdicts, key=_by_rule)


def judged(found: Iterable[Way], limits: Limits) -> list[Verdict]:
    """Give a verdict on each way, best first."""
    known = list(found)
    baseline = reference_offers(known)
    return ordered(judge(way, limits, baseline) for way in known)


def reference_offers(found: Iterable[Way]) -> frozenset[str]:
    """Give the traits that the reference offers; if it is not known, all that any way offers."""
    known = {way.strategy: way.offers for way in found if way.offers is not None}
    return known.get(REFERENCE, frozenset[str]().union(*known.values()))


def winner(found: Iterable[Way], limits: Limits) -> str | None:
    """Give the name of the strategy that the rule picks, None if nothing fits."""
    best = judged(found, limits)[:1]
    return best[0].way.strategy if best and best[0].fits else None


def without(limits: Limits, need: str) -> Limits:
    """Give the limits without that need."""
    return replace(limits, needs=tuple(each for each in limits.needs if each != need))


def _by_rule(verdict: Verdict) -> tuple[object, ...]:
    peak = verdict.peak.value if verdict.peak else inf
    if verdict.fits:
        return 0, verdict.disruption, peak, verdict.way.strategy
    over = max(verdict.of_memory, verdict.of_time)
    return 1, verdict.unmeasured is not None, len(verdict.lacks), over, verdict.way.strategy


def _part(needed: float, budget: float) -> float:
    """Give what part of the budget is needed; it may be nothing, as may a prediction."""
    if not needed:
        return 0.0
    return needed / budget if budget else inf
