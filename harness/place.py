"""Where cells are measured: this machine, whatever an executor stands for, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.worker import Job

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from harness.results import Measurement

Begin = Callable[[Job, float], "Future[Measurement]"]
"""Begins to measure a job, given up after so many seconds."""


@dataclass(frozen=True)
class Place:
    """What begins a cell that may run beside others, and what begins one that must be alone.

    `environment` is what a run says of the place, if that is not this machine.
    """

    side_by_side: Begin
    alone: Begin
    environment: dict[str, str] = field(default_factory=dict)


def through(executor: Executor, measure: Callable[[Job, float], Measurement]) -> Place:
    """Give the place that an executor measures at: threads, processes, other machines."""

    def begin(job: Job, timeout: float) -> Future[Measurement]:
        return executor.submit(measure, job, timeout)

    return Place(begin, begin)
