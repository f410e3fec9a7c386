"""What a container must hold: the process's base, and the calls at once above it. Pure.

A container's limit counts resident memory. Of that, the base is there before any call: the
interpreter, what was imported, the first connection, what a warm-up leaves. Every call that is
made at the same time comes on top.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from harness.analysis.prediction import Basis, Prediction, predict
from harness.analysis.together import base_at_once, predict_at_once
from harness.model.cell import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.candidate import Candidate, Payrolls


class Service(NamedTuple):
    """What a process serves: so many calls at once, above that base in bytes.

    `base` is None for the base that the run measured of each strategy.
    """

    at_once: int = 1
    base: float | None = None


class Need(NamedTuple):
    """What must be held, in bytes: the base, and the peak of the calls above it."""

    base: Prediction
    calls: Prediction

    @property
    def value(self) -> float:
        """The sum."""
        return self.base.value + self.calls.value

    @property
    def high(self) -> float:
        """The upper end: both at theirs."""
        return self.base.high + self.calls.high

    @property
    def margin(self) -> float:
        """How far the upper end is above the value, as a share of it."""
        return self.high / self.value - 1 if self.value else 0.0


def calls_at_once(candidate: Candidate, service: Service, entries: int) -> Prediction | None:
    """Return the resident peak of the calls above the base; None where it was not measured.

    Nor is it known of more calls at once than the one number that was measured. A worker that has
    served many calls peaks higher than one that serves its first ones: where that was measured, by
    as much.

    The upper end is no less than so many times what a single call is predicted to need. Whether the
    peaks of threads fall together is chance: of `full_orm` they did in one of many runs, and in
    none of the two that were measured. That every call is at its own upper end besides is not asked
    for: it would reject what has a tenth to spare.
    """
    if not candidate.resident:
        return None
    found = predict_at_once(candidate.resident, entries, service.at_once)
    if found is None:
        return None
    if found.value and (one_call := candidate.resident.get(1)):
        alone = predict(one_call, entries)
        together = alone.value * service.at_once / found.value - 1
        found = found._replace(margin=max(found.margin, together))
    served = candidate.served_at(entries, service.at_once)
    return found._replace(value=found.value * served)


def base_of(candidate: Candidate, service: Service) -> Prediction | None:
    """Return the base of a process that reads with the candidate; None where it is unknown.

    One that is given is the application's, which reads as the reference does: what the
    candidate's measured base is above the reference's, such as a package, comes on top, at worst
    its upper end above the other's lower one. Without both it is unknown, but of the reference.
    """
    if service.base is None:
        return base_at_once(candidate.base, service.at_once)
    if candidate.strategy == REFERENCE:
        return Prediction(service.base, 0.0, Basis.GIVEN)
    measured, today = (
        base_at_once(points, service.at_once) for points in (candidate.base, candidate.today)
    )
    if measured is None or today is None:
        return None
    least = today.value * (1 - today.margin)
    high = service.base + max(0.0, measured.high - least)
    value = service.base + max(0.0, measured.value - today.value) or high
    return Prediction(value, high / value - 1 if value else 0.0, Basis.GIVEN)


def is_too_many(candidate: Candidate, service: Service) -> bool:
    """Whether more calls at once are asked about than the one number that was measured of it."""
    return len(candidate.resident) == 1 and service.at_once > max(candidate.resident)


def how_to_measure(payrolls: Payrolls, entries: int, at_once: int, names: Iterable[str]) -> str:
    """Return the command that measures so many calls at once, of these strategies or of all."""
    words = ["python", "-m", "harness", "compare", *names, "--entries", str(entries)]
    words += payrolls.options
    words += ["--at-once", f"1,{at_once}"] if at_once > 1 else []
    return shlex.join([*words, "--meter", "rss", "--save", "run.jsonl"])
