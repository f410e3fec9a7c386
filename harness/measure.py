"""The parent's side: cell -> fresh process -> measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from select import select
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from harness import discovery, meters, temporary
from harness.errors import HarnessError
from harness.place import through
from harness.plan import CONTRACT, FLOOR, Cell
from harness.results import Measurement
from harness.secret import masked
from harness.worker import Answer, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from sqlalchemy import URL

    from harness.payroll import Payroll
    from harness.place import Begin, Place

    Worker = subprocess.Popen[bytes]


SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
"""Processes at once, of a meter that need not be alone: each may hold a whole payroll."""


WORKERS_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""pyarrow's own pool would hide its memory from the allocator meter."""

ROOT = str(Path(__file__).parents[1])
WORK = """
import os, sys
root = sys.argv.pop()
if root not in sys.path:
    sys.path.insert(0, root)
from harness.worker import main
sys.path.insert(0, os.getcwd())
main()
"""
"""As `-m harness.worker`, but what is in the working folder, a `strategies/` of the user's own or a
`queue.py`, can be imported by his code only."""


class Workers:
    """The workers, each measuring one cell at a time; they end with the run and not after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: set[Worker] = set()
        self._idle: list[Worker] = []
        self._ended = False
        # What a killed process leaves, such as a recording, goes with the run.
        self._left = ExitStack()
        self._folder = self._left.enter_context(temporary.folder())

    @contextmanager
    def one(self) -> Iterator[Worker]:
        """Give a worker that nobody else uses; raises RuntimeError once the run has ended."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the run has ended")
            worker = self._idle.pop() if self._idle else start(self._folder)
            self._all.add(worker)
        yield worker
        with self._lock:
            if worker.poll() is None and not self._ended:
                self._idle.append(worker)
            else:  # its number may be another process's by the time that all are killed
                self._all.discard(worker)

    def end(self) -> None:
        """Kill what runs, and let nothing more start."""
        with self._lock:
            self._ended = True
            for worker in self._all:
                kill(worker)
            self._left.close()


def start(folder: str | None = None) -> Worker:
    """Start a worker process, whose temporary files are made in that folder."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WORK, ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | WORKERS_ENVIRONMENT | ({"TMPDIR": folder} if folder else {}),
        start_new_session=True,  # a Ctrl-C at the terminal is for the parent
    )


def kill(worker: Worker) -> None:
    """Kill a worker and all that its strategies started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


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


def ask(worker: Worker, job: Job, timeout: float) -> Answer:
    """Have the worker do the job; one that gives no answer is ended."""
    stdin, stdout = worker.stdin, worker.stdout
    if stdin is None or stdout is None:
        raise ValueError("a worker without pipes")
    try:
        stdin.write(msgspec.json.encode(job) + b"\n")
        stdin.flush()
        if select([stdout], [], [], timeout)[0]:
            return msgspec.json.decode(stdout.readline(), type=Answer)
        said = f"timed out after {timeout:g} s"
    except (OSError, ValueError):  # ValueError: no JSON, or a pipe that was closed
        said = "the measuring process was killed"
    kill(worker)
    return Answer(error=said)


def _is_alone(meter: str) -> bool:
    return meter in discovery.names(meters) and bool(discovery.load(meters, meter).ALONE)
