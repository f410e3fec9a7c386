"""What a container must hold: the process's base, and the calls at once above it. Pure.

A container's limit counts resident memory. Of that, the base is there before any call: the
interpreter, what was imported, the first connection, what a warm-up leaves. Every call that is
made at the same time comes on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.analysis.prediction import Basis, Prediction
from harness.analysis.together import predict_at_once

if TYPE_CHECKING:
    from harness.analysis.candidate import Candidate


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

    A worker that has served many calls peaks higher than one that serves its first ones: where
    that was measured, by as much.
    """
    if not candidate.resident:
        return None
    found = predict_at_once(candidate.resident, entries, service.at_once)
    return found._replace(value=found.value * max(1.0, candidate.served or 1.0))


def base_of(
    candidate: Candidate, service: Service, reference: Candidate | None
) -> Prediction | None:
    """Return the base of a process that reads with the candidate; None where it is unknown.

    One that is given is the application's, which reads as the reference does: what the
    candidate's measured base is above the reference's, such as a package, comes on top.
    """
    measured = _measured_base(candidate, service.at_once)
    if service.base is None:
        return measured
    today = _measured_base(reference, service.at_once) if reference else None
    more = max(0.0, measured.value - today.value) if measured and today else 0.0
    return Prediction(service.base + more, 0.0, Basis.GIVEN)


def _measured_base(candidate: Candidate, number: int) -> Prediction | None:
    """Return the largest over the sizes, at that number of calls or else at all of them."""
    everywhere = [point for points in candidate.base.values() for point in points]
    found = [
        Prediction(point.value, point.margin, Basis.MEASURED)
        for point in candidate.base.get(number, everywhere)
    ]
    return max(found, key=lambda one: one.high, default=None)
