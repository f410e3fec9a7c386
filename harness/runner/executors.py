"""Where cells are measured: this machine, whatever an executor stands for, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callmeter.worker import Job
from callmeter.worker_pool import HERE, Environment
from harness.runner.plan import Cell

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from harness.model.run import Measurement


@dataclass(frozen=True)
class Task:
    """A cell, the job that measures it, and the environment that the job is done in."""

    cell: Cell
    job: Job = field(repr=False)
    environment: Environment = HERE


Begin = Callable[[Task, float], "Future[Measurement]"]
"""Begins to measure a task, given up after so many seconds."""


@dataclass(frozen=True)
class Place:
    """What begins a cell that may run beside others, and what begins one that must be alone.

    `environment` is what a run says of the place, if that is not this machine.
    """

    side_by_side: Begin
    alone: Begin
    environment: dict[str, str] = field(default_factory=dict)


def through(executor: Executor, measure: Callable[[Task, float], Measurement]) -> Place:
    """Return the place that an executor measures at: threads, processes, other machines."""

    def begin(task: Task, timeout: float) -> Future[Measurement]:
        return executor.submit(measure, task, timeout)

    return Place(begin, begin)
