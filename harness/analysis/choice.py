"""Which strategy fits the limits of a read: judged, and put in order by a rule. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError
from harness.analysis.candidate import BASE, RESIDENT, candidates
from harness.analysis.container import (
    Need,
    base_of,
    calls_at_once,
    how_to_measure,
    is_too_many,
)
from harness.analysis.prediction import Basis, Prediction, predict
from harness.analysis.together import predict_slowest
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS, PEAKS, judged_by
from harness.model.summary import metrics_of, summaries

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.analysis.candidate import Candidate, Payrolls
    from harness.analysis.container import Service
    from harness.model.run import Run

RULE = (
    "Of the strategies that fit (every budget holds the upper end of the prediction, every --need "
    f"is offered), the one that gives up the fewest traits of {REFERENCE}, the way it is done "
    "today; among equals, the one that needs the least memory."
)
NO_BASE = Prediction(0.0, 0.0, Basis.GIVEN)
"""What is under the peak of one call, where that alone is judged."""


class Source(NamedTuple):
    """Where a decision comes from: the run's name, and the command that repeats the decision."""

    run: str
    command: str


@dataclass(frozen=True)
class Limits:
    """What a read must keep to: bytes at its peak, seconds (None: any), the traits needed.

    With a `service`, the bytes are of the container that it runs in.
    """

    entries: int
    memory: float
    time: float | None = None
    needs: tuple[str, ...] = ()
    service: Service | None = None

    @property
    def at_once(self) -> int:
        """How many calls are made at once."""
        return self.service.at_once if self.service else 1


@dataclass(frozen=True)
class Judgement:
    """A candidate held against limits: what it will need, and which traits are missing.

    `peak` is of all calls at once, `wall` of the slowest one, `base` what is held before. `lacks`
    are traits that are needed; `gives_up`, those that the reference offers, None where it is
    unknown. `unmeasured` is why it cannot be judged at that size.
    """

    candidate: Candidate
    limits: Limits
    peak: Prediction | None
    retained: Prediction | None
    wall: Prediction | None
    lacks: tuple[str, ...]
    gives_up: tuple[str, ...] | None
    unmeasured: str | None = None
    base: Prediction | None = NO_BASE

    @property
    def strategy(self) -> str:
        """The candidate's name."""
        return self.candidate.strategy

    @property
    def need(self) -> Need | None:
        """What the memory budget must hold; None if not measured."""
        return Need(self.base, self.peak) if self.base and self.peak else None

    @property
    def memory_share(self) -> float:
        """The part of the memory budget that is needed at worst; infinite if not measured."""
        return _share(self.need.high, self.limits.memory) if self.need else inf

    @property
    def time_share(self) -> float:
        """The part of the time budget that is needed at worst; 0 without such a budget."""
        if self.limits.time is None:
            return 0.0
        return _share(self.wall.high, self.limits.time) if self.wall else inf

    @property
    def fits(self) -> bool:
        """Whether every budget holds the upper end, and every need is met."""
        return not self.lacks and max(self.memory_share, self.time_share) <= 1

    @property
    def disruption(self) -> float:
        """How many traits are given up; where that is unknown, more than any number."""
        return inf if self.gives_up is None else len(self.gives_up)


@dataclass(frozen=True)
class Decision:
    """The judgements on the strategies of a run, best first.

    `metric` is the key of the peak that memory is judged by.
    """

    source: Source
    run: Run
    payrolls: Payrolls
    limits: Limits
    metric: str
    judgements: tuple[Judgement, ...]

    @property
    def fitting(self) -> list[Judgement]:
        """Those that fit, best first."""
        return [judgement for judgement in self.judgements if judgement.fits]

    @property
    def best(self) -> Judgement | None:
        """The recommended one, None if nothing fits."""
        return next(iter(self.fitting), None)

    @property
    def candidates(self) -> list[Candidate]:
        """The strategies, as the run has them."""
        return [judgement.candidate for judgement in self.judgements]


def decide(
    run: Run, limits: Limits, payrolls: Payrolls, metric: str | None, source: Source
) -> Decision:
    """Decide from a run; raises UsageError if it lacks what the limits are about."""
    peak = _judged_by(run, limits, metric)
    found = candidates(run, payrolls, peak)
    _check_at_once(found, limits, payrolls)
    return Decision(source, run, payrolls, limits, peak, tuple(judge(found, limits)))


def judge(found: Sequence[Candidate], limits: Limits) -> list[Judgement]:
    """Hold candidates against limits: those that fit by the rule, then the others, nearest first.

    Traits are given up of those that the reference offers, or else of all that are offered.
    """
    known = {
        candidate.strategy: candidate.offers for candidate in found if candidate.offers is not None
    }
    offered = known.get(REFERENCE, frozenset[str]().union(*known.values()))
    judged = (_judgement(candidate, limits, offered) for candidate in found)
    return sorted(judged, key=_by_rule)


def winner(found: Sequence[Candidate], limits: Limits) -> str | None:
    """Return the name of the strategy that the rule picks, None if nothing fits."""
    best = judge(found, limits)[:1]
    return best[0].strategy if best and best[0].fits else None


def leanest(judged: Sequence[Judgement], needs: Collection[str]) -> Judgement | None:
    """Return the one that needs the least memory at worst of those that offer the needs.

    None where no memory of these was measured. Where it does not fit, none of them does.
    """
    able = [
        (one.need.high, one.strategy, one)
        for one in judged
        if one.need and {*needs} <= (one.candidate.offers or set())
    ]
    return min(able, default=(0.0, "", None))[-1]


def _judged_by(run: Run, limits: Limits, metric: str | None) -> str:
    """Return the key of that peak, or of the best that the run has; of resident memory, if all.

    Raises UsageError where the run lacks what the limits are about.
    """
    keys = [metric.key for metric in metrics_of(summaries(run))]
    has = [key for key in PEAKS if key in keys]
    peak = RESIDENT if limits.service else metric or judged_by(keys)
    if peak is None or peak not in has:
        known = f"; it has: {', '.join(has)}" if has else ""
        how = f"; measure with --meter {METRICS[RESIDENT].meter}" if limits.service else ""
        raise UsageError(f"the run has no {peak or 'peak'}{known}{how}")
    if limits.service and limits.service.base is None and BASE not in keys:
        raise UsageError(f"the run has no {BASE}; measure with --meter rss")
    if limits.time is not None and not {"wall", "slowest"} & {*keys}:
        raise UsageError("the run has no times; measure with --meter clock, or leave out --time")
    return peak


def _check_at_once(found: Sequence[Candidate], limits: Limits, payrolls: Payrolls) -> None:
    """Raise UsageError where no strategy can be judged at so many calls at once."""
    service, measured = limits.service, [one for one in found if one.resident]
    if service and measured and all(is_too_many(one, service) for one in measured):
        most = max(number for one in measured for number in one.resident)
        raise UsageError(
            f"{service.at_once:,} calls at once were not measured on such payrolls, only {most:,}; "
            f"measure them with {how_to_measure(payrolls, limits.entries, service.at_once, ())}, "
            "and choose with --run run.jsonl"
        )


def _judgement(candidate: Candidate, limits: Limits, offered: frozenset[str]) -> Judgement:
    offers, service = candidate.offers, limits.service
    lacks = tuple(need for need in limits.needs if offers is None or need not in offers)
    gives_up = None if offers is None else tuple(sorted(offered - offers))
    unmeasured = candidate.unmeasured_at(limits.entries, limits.at_once)
    peak = retained = wall = base = None
    if not unmeasured:
        base = base_of(candidate, service) if service else NO_BASE
        peak, retained = _memory(candidate, limits)
        if candidate.times:
            wall = predict_slowest(candidate.times, limits.entries, limits.at_once)
    return Judgement(candidate, limits, peak, retained, wall, lacks, gives_up, unmeasured, base)


def _memory(candidate: Candidate, limits: Limits) -> tuple[Prediction | None, Prediction | None]:
    """Return the peak, of the calls at once where that is asked; of one call what is retained."""
    if limits.service:
        return calls_at_once(candidate, limits.service, limits.entries), None
    peak, retained = (
        predict(points, limits.entries) if points else None
        for points in (candidate.peak, candidate.retained)
    )
    if peak and retained and retained.value > peak.value:  # two lines that cross
        peak = peak._replace(value=retained.value)
    return peak, retained


def _by_rule(judgement: Judgement) -> tuple[object, ...]:
    if judgement.fits:
        need = judgement.need.value if judgement.need else inf
        return 0, judgement.disruption, need, judgement.strategy
    over = max(judgement.memory_share, judgement.time_share)
    is_unmeasured = judgement.unmeasured is not None
    return 1, is_unmeasured, len(judgement.lacks), over, judgement.strategy


def _share(needed: float, budget: float) -> float:
    """Return the part of the budget that is needed; both may be nothing."""
    if not needed:
        return 0.0
    return needed / budget if budget else inf
