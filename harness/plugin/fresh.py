"""A call measured as the harness measures strategies: in a process of its own, after a warm-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import NotAvailableError, NotMeasuredError
from harness.own.sent import unpack
from harness.payroll import Profile
from harness.plan import EXPLANATION, Cell
from harness.plugin.measured import Layers, Measured, largest_first
from harness.worker import Job
from harness.workers import ask, kill, start

if TYPE_CHECKING:
    from harness.own.sent import Sent
    from harness.worker import Answer

METER = "allocator"
TIMEOUT = 600  # seconds


def measure(name: str, sent: Sent) -> Measured:
    """Measure the call that was sent.

    Raises what the call raises; TargetError if a fresh process cannot make it; NotMeasuredError
    if that process gives no answer, NotAvailableError without memray.
    """
    answer = _asked(name, sent, METER)
    return Measured(
        name=name,
        delta=int(answer.figures["allocator_delta_bytes"]),
        peak=int(answer.figures["allocator_peak_bytes"]),
        items=answer.items,
        where="a fresh process",
        meter=METER,
        explained=lambda: _layers(name, sent),
    )


def _layers(name: str, sent: Sent) -> Layers:
    explanation = _asked(name, sent, EXPLANATION).explanation
    if explanation is None:
        raise NotMeasuredError("the fresh process explained nothing")
    return Layers(largest_first(explanation.peak_bytes), largest_first(explanation.retained_bytes))


def _asked(name: str, sent: Sent, meter: str) -> Answer:
    worker = start()  # now, as the environment and the working folder are this test's
    try:
        answer = ask(worker, Job(Cell(name, meter, 1, 0, Profile.OWN), sent=sent), TIMEOUT)
    finally:
        kill(worker)
    if answer.unavailable:
        raise NotAvailableError(answer.unavailable)
    if raised := unpack(answer.raised):
        raise raised
    if answer.error:
        raise NotMeasuredError(answer.error)
    return answer
