"""Executors: what cells are measured by, on this machine or elsewhere."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from callmeter.call import CountError
from callmeter.explanation import Explanation
from callmeter.worker import Job
from callmeter.worker_pool import HERE, Environment, WorkerPool
from harness.base.secret import masked
from harness.model.cell import Cell
from harness.model.metrics import TIMED
from harness.model.run import Measurement
from harness.runner import processors

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
"""Processes at once, of a meter that need not be alone: each may hold a whole payroll."""


@dataclass(frozen=True)
class Task:
    """A cell, the job that measures it, and the environment that the job is done in.

    `has_own_server`, if the server that the call reads from, if any, is one of the run's own.
    """

    cell: Cell
    job: Job = field(repr=False)
    environment: Environment = HERE
    has_own_server: bool = False

    @property
    def secrets(self) -> list[str]:
        """What the job has that may hold a password."""
        return [value for value in self.job.arguments.values() if isinstance(value, str)]


class Executor(Protocol):
    """What measures tasks, each in a fresh process.

    `environment` is what a run records of it, where it is not this machine.
    """

    @property
    def environment(self) -> Mapping[str, str]:
        """What it consists of, by name."""

    def submit(self, task: Task, timeout: float, *, alone: bool) -> Future[Measurement]:
        """Begin a task, which is given up after `timeout` seconds.

        Whoever submits it `alone` submits nothing more until it is done.
        """


class PoolExecutor:
    """Measures in the threads or processes of a pool, which call `measure(task, timeout)`."""

    environment: Mapping[str, str] = {}

    def __init__(
        self, pool: concurrent.futures.Executor, measure: Callable[[Task, float], Measurement]
    ) -> None:
        self._pool = pool
        self._measure = measure

    def submit(
        self,
        task: Task,
        timeout: float,
        *,
        alone: bool,  # noqa: ARG002 (a pool has no machine to choose)
    ) -> Future[Measurement]:
        """Begin a task."""
        return self._pool.submit(self._measure, task, timeout)


@contextmanager
def local_processes() -> Iterator[Executor]:
    """Measure on this machine; what is still measured at the end is killed."""
    workers = WorkerPool()
    # One pool for the whole run: a worker dies with the thread that started it.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        try:
            yield PoolExecutor(pool, partial(measure, workers=workers))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            workers.end()


def measure(task: Task, timeout: float, workers: WorkerPool) -> Measurement:
    """Measure one cell in a process of its own, ended after `timeout` seconds."""
    is_timed, has_own_server = task.cell.meter == TIMED, task.has_own_server
    before = processors.read(has_own_server=has_own_server) if is_timed else None
    started = monotonic()
    answer = workers.ask(task.job, timeout, task.environment)
    seconds = round(monotonic() - started, 3)
    after = processors.read(has_own_server=has_own_server) if is_timed else None
    use = processors.use_between(before, after)
    error, unavailable, traceback = (
        masked(text, *task.secrets) if text else None
        for text in (answer.error, answer.unavailable, answer.traceback)
    )
    if error and answer.error_type == CountError.__name__:
        error += "; --no-warm-up"
    explanation = answer.explanation
    return Measurement(
        task.cell,
        answer.values,
        error,
        seconds,
        unavailable,
        explanation=Explanation.from_json(explanation) if explanation else None,
        items=answer.items,
        error_type=answer.error_type,
        traceback=(traceback or "").splitlines(),
        allocators=answer.allocators,
        series=answer.series,
        others=use.others,
        stolen=use.stolen,
        mhz=use.mhz,
    )
