"""The parent's side: cell -> fresh process -> measurement."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from itertools import groupby
from time import monotonic
from typing import TYPE_CHECKING

from harness import discovery, meters
from harness.errors import HarnessError
from harness.place import through
from harness.plan import CONTRACT, FLOOR, Cell
from harness.results import Measurement
from harness.secret import masked
from harness.worker import Job
from harness.workers import Workers, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from sqlalchemy import URL

    from harness.payroll import Payroll
    from harness.place import Begin, Place


SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
"""Processes at once, of a meter that need not be alone: each may hold a whole payroll."""


def reading(
    url_of: Callable[[Payroll], URL], flamegraph: str | None = None, memory: int | None = None
) -> Callable[[Cell], Job]:
    """Give what makes the job of a strategy's cell, from the URL under which a payroll is found.

    Each of its processes may hold `memory` bytes.
    """

    def job_of(cell: Cell) -> Job:
        url = "" if cell.strategy == FLOOR else url_of(cell.payroll).render_as_string(False)
        return Job(cell, url, flamegraph, memory=memory)

    return job_of


@contextmanager
def here() -> Iterator[Place]:
    """Give this machine; what is still measured at the end is killed."""
    workers = Workers()
    # One pool for the whole run: a worker dies with the thread that started it.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        try:
            yield through(pool, partial(measure, workers=workers))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            workers.end()


def run(
    cells: Iterable[Cell],
    job_of: Callable[[Cell], Job],
    timeout: float,
    place: Place | None = None,
) -> Generator[Measurement]:
    """Measure the cells at the place, or here, giving each measurement as it arrives.

    Cells of one meter run side by side, one a core, unless the meter must be alone. What is left
    of a strategy that breaks the contract is not measured; its check's row says why.
    """
    broken: set[tuple[str, Payroll]] = set()
    with nullcontext(place) if place else here() as at:
        for meter, group in groupby(cells, key=lambda cell: cell.meter):
            jobs = [job_of(cell) for cell in group if (cell.strategy, cell.payroll) not in broken]
            how = _one_by_one if _is_alone(meter) else _side_by_side
            with closing(how(at, jobs, timeout)) as found:
                for measurement in found:
                    if meter == CONTRACT and measurement.error:
                        broken.add((measurement.cell.strategy, measurement.cell.payroll))
                    yield measurement


def _one_by_one(at: Place, jobs: list[Job], timeout: float) -> Generator[Measurement]:
    for job in jobs:
        yield _given(_begun(at.alone, job, timeout), job)


def _side_by_side(at: Place, jobs: list[Job], timeout: float) -> Generator[Measurement]:
    job_by = {_begun(at.side_by_side, job, timeout): job for job in jobs}
    try:
        for future in as_completed(job_by):
            yield _given(future, job_by[future])
    finally:
        for future in job_by:  # the place stays when its run is begun again: beside no leftovers
            future.cancel()


def _begun(begin: Begin, job: Job, timeout: float) -> Future[Measurement]:
    try:
        return begin(job, timeout)
    except Exception as error:  # an executor that broke: so are the rows that it should give
        failed: Future[Measurement] = Future()
        failed.set_exception(error)
        return failed


def _given(future: Future[Measurement], job: Job) -> Measurement:
    """Give what came of it, once it did: an executor that breaks gives rows that say so."""
    try:
        return future.result()
    except HarnessError as error:
        said = str(error)
    except Exception as error:
        said = f"not measured: {type(error).__name__}: {error}"
    return Measurement(job.cell, {}, masked(said, *_secret(job)))


def once(job: Job, timeout: float) -> Measurement:
    """Measure one cell with a worker of its own: in any process, which nothing is left in."""
    workers = Workers()
    try:
        return measure(job, timeout, workers)
    finally:
        workers.end()


def measure(job: Job, timeout: float, workers: Workers) -> Measurement:
    """Measure one cell in a process of its own, ended after `timeout` seconds."""
    started = monotonic()
    with workers.one() as worker:
        answer = ask(worker, job, timeout)
    error, unavailable = (
        masked(told, *_secret(job)) if told else None for told in (answer.error, answer.unavailable)
    )
    return Measurement(
        job.cell,
        answer.figures,
        error,
        round(monotonic() - started, 3),
        unavailable,
        answer.explanation,
        answer.items or None,
    )


def _secret(job: Job) -> list[str]:
    """Give what a job has that may hold a password."""
    return [job.url, job.own.target.call, job.own.target.setup] if job.own else [job.url]


def _is_alone(meter: str) -> bool:
    return meter in discovery.names(meters) and bool(discovery.load(meters, meter).ALONE)
