"""A decision: the verdicts on every strategy of a run, and what would change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import strategies
from harness.analysis import choice
from harness.analysis.changes import changes
from harness.analysis.prediction import predict
from harness.analysis.ways import JUDGED_BY, meter_to_judge_by, ways
from harness.runner.plan import REFERENCE

if TYPE_CHECKING:
    from harness.analysis.changes import Changes
    from harness.analysis.choice import Limits, Verdict
    from harness.analysis.prediction import Prediction
    from harness.analysis.ways import Judged, Payrolls
    from harness.model.run import Header, Run


RESIDENT = "rss"
"""The meter of what a container's limit counts."""


@dataclass(frozen=True)
class Source:
    """Where a decision comes from: the run's name, and the command that repeats the decision."""

    run: str
    command: str


@dataclass(frozen=True)
class Decision:
    """Verdicts on the strategies, best first, under limits; from a run, by a meter.

    `resident` is the peak of the best one's resident memory, where another meter is judged by.
    """

    source: Source
    run: Run
    payrolls: Payrolls
    limits: Limits
    meter: str
    verdicts: tuple[Verdict, ...]
    changes: Changes
    resident: Prediction | None = None

    @property
    def fit(self) -> list[Verdict]:
        """Those that fit, best first."""
        return [each for each in self.verdicts if each.fits]

    @property
    def unfit(self) -> list[Verdict]:
        """Those that do not, nearest first."""
        return [each for each in self.verdicts if not each.fits]

    @property
    def best(self) -> Verdict | None:
        """The recommended one, None if nothing fits."""
        return self.fit[0] if self.fit else None

    @property
    def reference(self) -> Verdict | None:
        """The verdict on the way it is done today, None if the run lacks it."""
        return next((each for each in self.verdicts if each.way.strategy == REFERENCE), None)

    @property
    def judged_by(self) -> Judged:
        """The figures that memory is judged by."""
        return JUDGED_BY[self.meter]


def decide(
    run: Run, limits: Limits, payrolls: Payrolls, meter: str | None, source: Source
) -> Decision:
    """Decide from a run; raises UsageError if it lacks what the limits are about."""
    judged_by = meter_to_judge_by(run, meter, timed=limits.time is not None)
    found = ways(run, payrolls, judged_by, _offers(run.header))
    verdicts = choice.judged(found, limits)
    return Decision(
        source=source,
        run=run,
        payrolls=payrolls,
        limits=limits,
        meter=judged_by,
        verdicts=tuple(verdicts),
        changes=changes(found, limits),
        resident=_resident(run, payrolls, verdicts[0]) if judged_by != RESIDENT else None,
    )


def _resident(run: Run, payrolls: Payrolls, best: Verdict) -> Prediction | None:
    known = ways(run, payrolls, RESIDENT, {})
    points = next(each.peak for each in known if each.strategy == best.way.strategy)
    return predict(points, best.limits.entries) if points and best.fits else None


def _offers(header: Header) -> dict[str, list[str] | None]:
    """Give what strategies offer, as the run says; where it does not, as their own files say."""
    known: dict[str, list[str] | None] = {}
    for name in strategies.names():
        try:
            known[name] = strategies.describe(name).offers
        except strategies.StrategyError:  # one that does not import here is one unknown
            known[name] = None
    return known | header.offers
