"""Which strategy fits the limits that somebody has: predicted, judged, put in order. Pure.

The rule, also said to the user (RULE): what fits, and disrupts least, and then needs least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from harness import baselines, compare
from harness.errors import UsageError
from harness.plan import REFERENCE, Consume
from harness.predict import Point, predict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.compare import Row
    from harness.predict import Prediction
    from harness.results import Run

RULE = (
    "Of the strategies that fit (every budget holds the upper end of the prediction, every --need "
    f"is offered), the one that gives up the fewest traits of {REFERENCE}, the way it is done "
    "today; among equals, the one with the lowest peak."
)


class Judged(NamedTuple):
    """The figures of a meter that memory is judged by, and what its peak is called."""

    peak: str
    delta: str
    said: str


JUDGED_BY = {
    "allocator": Judged(
        "allocator_peak_bytes",
        "allocator_delta_bytes",
        "the peak of all allocations, native memory included (memray)",
    ),
    "tracemalloc": Judged(
        "peak_bytes",
        "delta_bytes",
        "the peak as tracemalloc counts: Python's allocators, not native memory",
    ),
    "rss": Judged(
        "rss_peak_bytes",
        "rss_delta_bytes",
        "the peak of resident memory, which is what a container's limit counts",
    ),
}
"""By meter; the first that a run has is the one to judge by, if none is named."""
TIME = "wall_seconds"


@dataclass(frozen=True)
class Limits:
    """What a read must keep to: bytes at its peak, seconds (None: any), the traits needed."""

    entries: int
    memory: float
    time: float | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payrolls:
    """Which payrolls of a run to learn from."""

    components: int = 6
    profile: str = "realistic"


@dataclass(frozen=True)
class Way:
    """A strategy as a run knows it: its figures at each size, and what it offers (None: unknown).

    `unmeasured` says why there is nothing to judge it by.
    """

    strategy: str
    label: str
    offers: frozenset[str] | None
    peak: tuple[Point, ...] = ()
    delta: tuple[Point, ...] = ()
    wall: tuple[Point, ...] = ()
    unmeasured: str | None = None


@dataclass(frozen=True)
class Verdict:
    """A way held against limits: what it will need, which traits it lacks, what it gives up.

    `gives_up` is of what the reference offers, None if unknown; `lacks` is of what is needed.
    """

    way: Way
    limits: Limits
    peak: Prediction | None
    delta: Prediction | None
    wall: Prediction | None
    lacks: tuple[str, ...]
    gives_up: tuple[str, ...] | None

    @property
    def of_memory(self) -> float:
        """What part of the memory budget is needed, at worst; infinite if not measured."""
        return self.peak.high / self.limits.memory if self.peak else inf

    @property
    def of_time(self) -> float:
        """What part of the time budget is needed, at worst; 0 without such a budget."""
        if self.limits.time is None:
            return 0.0
        return self.wall.high / self.limits.time if self.wall else inf

    @property
    def fits(self) -> bool:
        """Whether every budget holds the upper end, and every need is met."""
        return not self.lacks and max(self.of_memory, self.of_time) <= 1

    @property
    def disruption(self) -> float:
        """How many traits are given up; unknown is more than any number."""
        return inf if self.gives_up is None else len(self.gives_up)


def meter_to_judge_by(run: Run, meter: str | None, limits: Limits) -> str:
    """Give the meter of that name, or the best that the run has.

    Raises UsageError if the run lacks it, or times although there is a time budget.
    """
    figures = {name for each in run.measurements for name in each.figures}
    has = [name for name, judged in JUDGED_BY.items() if judged.peak in figures]
    if not has or (meter and meter not in has):
        missing = f"figures of the meter {meter}" if meter else "memory figures"
        known = f"; it has: {', '.join(has)}" if has else ""
        raise UsageError(f"the run has no {missing}{known}")
    if limits.time is not None and TIME not in figures:
        raise UsageError("the run has no times; measure with --meter clock, or leave out --time")
    return meter or has[0]


def ways(
    run: Run, of: Payrolls, meter: str, offers: Mapping[str, Iterable[str] | None]
) -> list[Way]:
    """Give every strategy that the run measured, as lists, on such payrolls; no baselines.

    Raises UsageError if there are none.
    """
    found: dict[str, list[Row]] = {}
    for row in compare.rows(run):
        asked = (row["components"], row["profile"], row["consume"])
        is_asked = asked == (of.components, of.profile, Consume.HOLD)
        if row["strategy"] not in baselines.ALL and is_asked:
            found.setdefault(row["strategy"], []).append(row)
    if not found:
        raise UsageError(
            f"the run has no lists of {of.components} components and profile {of.profile}; "
            f"it has: {_measured_payrolls(run)}"
        )
    return [_way(name, rows, meter, offers.get(name)) for name, rows in found.items()]


def judge(way: Way, limits: Limits, baseline: frozenset[str]) -> Verdict:
    """Hold a way against limits; `baseline` is what the reference offers."""
    peak, delta, wall = (
        predict(points, limits.entries) if points and not way.unmeasured else None
        for points in (way.peak, way.delta, way.wall)
    )
    if peak and delta and delta.value > peak.value:  # two lines that cross: a peak holds it all
        peak = peak._replace(value=delta.value)
    known = way.offers
    lacks = tuple(need for need in limits.needs if known is None or need not in known)
    gives_up = None if known is None else tuple(sorted(baseline - known))
    return Verdict(way, limits, peak, delta, wall, lacks, gives_up)


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
    unmeasured = verdict.way.unmeasured is not None
    return 1, unmeasured, len(verdict.lacks), over, verdict.way.strategy


def _way(name: str, rows: list[Row], meter: str, offers: Iterable[str] | None) -> Way:
    figures = JUDGED_BY[meter]
    known = None if offers is None else frozenset(offers)
    errors = dict.fromkeys(row["error"] for row in rows if row["error"])
    peak = _points(rows, figures.peak)
    missing = [row["unavailable"] for row in rows if row["unavailable"]]
    unmeasured = "; ".join(errors) or (None if peak else "; ".join([*missing, f"no {meter}"]))
    points = peak, _points(rows, figures.delta), _points(rows, TIME)
    return Way(name, rows[0]["label"], known, *points, unmeasured=unmeasured)


def _points(rows: list[Row], figure: str) -> tuple[Point, ...]:
    """Give the medians; the margin is that of the repeats, but no less than they may differ by."""
    points = []
    for row in rows:
        value = row.get(figure)
        if value is not None and value > 0:
            reach = max(row[f"{figure}_high"] - value, value - row[f"{figure}_low"])
            margin = max(reach / value, compare.repeats_within(figure))
            points.append(Point(row["entries"], value, margin))
    return tuple(points)


def _measured_payrolls(run: Run) -> str:
    known = dict.fromkeys(
        f"{'streams' if row['consume'] != Consume.HOLD else 'lists'} of {row['components']} "
        f"components and profile {row['profile']}"
        for row in compare.rows(run)
    )
    return ", ".join(known) or "no measurement"
