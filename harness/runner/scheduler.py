"""The parent's side: cell -> fresh process -> measurement."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import strategies
from callmeter import meters
from callmeter.call import CountError
from callmeter.errors import Error
from callmeter.explanation import Explanation
from callmeter.worker import CHECK, Job
from callmeter.worker_pool import HERE, Environment, WorkerPool
from harness.base.secret import masked
from harness.model.run import Measurement
from harness.runner.executors import Task, through
from harness.runner.plan import FLOOR, Cell, Consume

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from sqlalchemy import URL

    from harness.payroll.generator import Payroll
    from harness.runner.executors import Begin, Place
    from harness.runner.plan import Workload


SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
"""Processes at once, of a meter that need not be alone: each may hold a whole payroll."""

FACTORY = "harness.payroll.call:make_call"
PACKAGES = tuple(
    (name, str(Path(folder).resolve()))
    for name, folder in (
        ("strategies", Path(str(strategies.__file__)).parent),
        ("harness", Path(__file__).parent),
    )
)
PRELOAD = ("sqlalchemy.dialects.postgresql.psycopg", "harness.payroll.call")
"""What all strategies need: importing SQLAlchemy and psycopg takes half a second."""
PRELOAD_FOR_IMPORTS = ("harness.payroll.generator", "harness.payroll.verify")
"""What no strategy needs, so that its imports' cost is its own."""
VARIABLES = (("ARROW_DEFAULT_MEMORY_POOL", "system"),)
"""pyarrow's own pool would hide its memory from the allocator meter, and reserve past any limit."""

FIGURES = {
    "traced_retained": "delta_bytes",
    "traced_peak": "peak_bytes",
    "retained": "allocator_delta_bytes",
    "peak": "allocator_peak_bytes",
    "rss_retained": "rss_delta_bytes",
    "rss_peak": "rss_peak_bytes",
    "rss_children": "rss_children_bytes",
    "imports": "imports_bytes",
    "wall": "wall_seconds",
    "cpu": "cpu_seconds",
    "gc": "gc_seconds",
}
"""What the metrics are called in a saved run."""


def reading(
    url_of: Callable[[Payroll], URL],
    flamegraph: str | None = None,
    memory: int | None = None,
    environment: Environment = HERE,
) -> Callable[[Cell], Task]:
    """Return what makes the task of a strategy's cell, from the URL that a payroll is found under.

    Each of its processes may hold `memory` bytes.
    """
    of_strategies = replace(environment, packages=PACKAGES, preload=PRELOAD, variables=VARIABLES)
    of_imports = replace(of_strategies, preload=PRELOAD_FOR_IMPORTS)

    def task_of(cell: Cell) -> Task:
        payroll, streams = cell.workload.payroll, cell.consume is Consume.FOLD
        url = "" if cell.strategy == FLOOR else url_of(payroll).render_as_string(False)
        arguments = {
            "name": cell.strategy,
            "url": url,
            "entries": payroll.entries,
            "components": payroll.components,
            "profile": payroll.profile.value,
            "stream": streams,
            "fold": streams and cell.meter != CHECK,
        }
        job = job_of(cell, FACTORY, arguments, memory, flamegraph)
        return Task(cell, job, of_imports if cell.meter == "imports" else of_strategies)

    return task_of


def job_of(
    cell: Cell,
    factory: str,
    arguments: dict[str, object],
    memory: int | None,
    flamegraph: str | None = None,
) -> Job:
    """Return the job of a cell, whose call that factory makes."""
    return Job(
        factory,
        arguments,
        cell.meter,
        warm_up=not cell.cold,
        paused=cell.paused,
        memory=memory,
        flamegraph=flamegraph,
    )


@contextmanager
def in_processes() -> Iterator[Place]:
    """Measure on this machine; what is still measured at the end is killed."""
    workers = WorkerPool()
    # One pool for the whole run: a worker dies with the thread that started it.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        try:
            yield through(pool, partial(measure, workers=workers))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            workers.end()


def run(
    cells: Iterable[Cell],
    task_of: Callable[[Cell], Task],
    timeout: float,
    place: Place | None = None,
) -> Generator[Measurement]:
    """Measure the cells at the place, or on this machine, and yield each measurement as it arrives.

    Cells of one meter run side by side, one a core, unless the meter must be alone. What is left
    of a strategy that breaks the contract, or lacks a package, is not measured; its check's row
    says why.
    """
    broken: set[tuple[str, Workload]] = set()
    with nullcontext(place) if place else in_processes() as at:
        for meter, group in groupby(cells, key=lambda cell: cell.meter):
            tasks = [
                task_of(cell) for cell in group if (cell.strategy, cell.workload) not in broken
            ]
            how = _one_by_one if _is_alone(meter) else _side_by_side
            with closing(how(at, tasks, timeout)) as found:
                for measurement in found:
                    if meter == CHECK and (measurement.error or measurement.unavailable):
                        broken.add((measurement.cell.strategy, measurement.cell.workload))
                    yield measurement


def _one_by_one(at: Place, tasks: list[Task], timeout: float) -> Generator[Measurement]:
    for task in tasks:
        yield _finished(_begun(at.alone, task, timeout), task)


def _side_by_side(at: Place, tasks: list[Task], timeout: float) -> Generator[Measurement]:
    task_by = {_begun(at.side_by_side, task, timeout): task for task in tasks}
    try:
        for future in as_completed(task_by):
            yield _finished(future, task_by[future])
    finally:
        for future in task_by:  # the place stays when its run is begun again: beside no leftovers
            future.cancel()


def _begun(begin: Begin, task: Task, timeout: float) -> Future[Measurement]:
    try:
        return begin(task, timeout)
    except Exception as error:  # an executor that broke: so are the rows that it should give
        failed: Future[Measurement] = Future()
        failed.set_exception(error)
        return failed


def _finished(future: Future[Measurement], task: Task) -> Measurement:
    """Return what came of it, once it did: an executor that breaks gives rows that say so."""
    try:
        return future.result()
    except Error as error:
        reason = str(error)
    except Exception as error:
        reason = f"not measured: {type(error).__name__}: {error}"
    return Measurement(task.cell, {}, masked(reason, *_secrets(task.job)))


def measure(task: Task, timeout: float, workers: WorkerPool) -> Measurement:
    """Measure one cell in a process of its own, ended after `timeout` seconds."""
    started = monotonic()
    answer = workers.ask(task.job, timeout, task.environment)
    error, unavailable, traceback = (
        masked(text, *_secrets(task.job)) if text else None
        for text in (answer.error, answer.unavailable, answer.traceback)
    )
    if error and answer.error_type == CountError.__name__:
        error += "; --no-warm-up"
    explanation = answer.explanation
    return Measurement(
        task.cell,
        {FIGURES[key]: value for key, value in answer.values.items()},
        error,
        round(monotonic() - started, 3),
        unavailable,
        Explanation.from_json(explanation) if explanation else None,
        answer.items,
        error_type=answer.error_type,
        traceback=(traceback or "").splitlines(),
        allocators=answer.allocators,
    )


def _secrets(job: Job) -> list[str]:
    """Return what a job has that may hold a password."""
    return [value for value in job.arguments.values() if isinstance(value, str)]


def _is_alone(meter: str) -> bool:
    return meter in meters.names() and bool(meters.load(meter).ALONE)
