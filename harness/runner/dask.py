"""An executor on the workers of a Dask cluster: memory on all of them, times on one only.

The cells are measured in processes of each worker's, as on this machine. What a dead worker was
measuring is measured again by another; nobody else's workers, and none that come later, are used.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Condition, Event
from typing import TYPE_CHECKING, cast

import msgspec
from distributed import Client, KilledWorker, Lock, Security, WorkerPlugin, get_worker
from distributed.core import rpc

from callmeter.errors import NotMeasuredError
from callmeter.interpreter import inspect_interpreter
from callmeter.worker_pool import WorkerPool
from harness.base.errors import ClusterError
from harness.runner import environment
from harness.runner.executors import measure
from harness.runner.tasks import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from distributed import Worker

    from harness.model.run import Measurement
    from harness.runner.executors import Task

NAME = "mapping-strategies"
"""Of what we have on a cluster: a run's plugin replaces that of a run which was killed."""
SECONDS_TO_CONNECT = 10.0
"""In which a scheduler must answer."""
SECONDS_OF_SILENCE = 30.0
"""After which one that was there is taken to be gone: it may have much to do."""
SECONDS_TO_LEAVE = 5.0
"""That each farewell to a scheduler may take."""
SECONDS_BETWEEN = 1.0
"""Between two looks at whether there still is a worker."""
MOST_DEATHS = 2
"""Workers that may die of a cell, or beside it, before it is given up."""
SECONDS_OF_A_LOCK = 45.0
"""After which another run has ended, if it was killed: its lock lasts 30."""


class MeasuringPlugin(WorkerPlugin):
    """What a Dask worker measures with: processes of its own, which end when the run does."""

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """Begin."""
        self.workers = WorkerPool()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        """Kill what is still measuring."""
        self.workers.end()


class DaskExecutor:
    """Measures on workers; each thread of a pool waits for one cell on one of them.

    A worker is handed no more cells than it has threads: the scheduler holds what waits behind a
    cell for as guilty of the worker's death as the cell itself. `names` are the workers' by
    address, `threads` how many each has; `clock` is the address of the one that measures alone.
    """

    def __init__(
        self,
        client: Client,
        names: dict[str, str],
        threads: dict[str, int],
        pool: ThreadPoolExecutor,
        environment: Mapping[str, str],
    ) -> None:
        self.environment = environment
        self.ended = Event()
        self._client, self._names, self._pool = client, names, pool
        self._clock = next(iter(threads))
        self._free, self._freed = dict(threads), Condition()

    def submit(self, task: Task, timeout: float, *, alone: bool) -> Future[Measurement]:
        """Begin a task on any worker, or on the one that measures alone."""
        workers = [self._clock] if alone else list(self._names)
        return self._pool.submit(self._measure_on, workers, task, timeout)

    def _measure_on(self, workers: list[str], task: Task, timeout: float) -> Measurement:
        """Measure a cell on one of the workers; raises NotMeasuredError, and no address in it."""
        try:
            for _ in range(MOST_DEATHS):
                with self._thread(workers) as worker:
                    found = self._measured(worker, task, timeout)
                if found is not None:
                    return msgspec.structs.replace(found, where=self._names[worker])
        except NotMeasuredError:
            raise
        except Exception as error:
            is_lost = self._client.status != "running"
            reason = "the connection to the scheduler was lost" if is_lost else type(error).__name__
            raise NotMeasuredError(f"nothing came back from the cluster: {reason}") from error
        raise NotMeasuredError("each worker that began to measure it died")

    def _measured(self, worker: str, task: Task, timeout: float) -> Measurement | None:
        """Return what the worker measures; None if it dies."""
        future = self._client.submit(_measure_here, task, timeout, workers=[worker], pure=False)
        try:
            while not self.ended.is_set() and self._living([worker]):
                with suppress(TimeoutError):
                    found: Measurement = future.result(SECONDS_BETWEEN)
                    return found
        except KilledWorker:  # where the scheduler is told to give up at once
            return None
        future.cancel()
        return None

    @contextmanager
    def _thread(self, workers: list[str]) -> Iterator[str]:
        """Take a thread of one of the workers. Raise NotMeasuredError where none is left."""
        worker = self._take(workers)
        try:
            yield worker
        finally:
            with self._freed:
                self._free[worker] += 1
                self._freed.notify_all()

    def _take(self, workers: list[str]) -> str:
        while not self.ended.is_set() and (living := self._living(workers)):
            with self._freed:
                idlest = max(living, key=self._free.__getitem__)
                if self._free[idlest]:
                    self._free[idlest] -= 1
                    return idlest
                self._freed.wait(SECONDS_BETWEEN)
        gone = self._names[workers[0]] if len(workers) == 1 else "every worker"
        raise NotMeasuredError(f"{gone} is gone, and nobody else may measure it")

    def _living(self, workers: list[str]) -> list[str]:
        """Return those that there still are; while the scheduler is away, it may come back."""
        if self._client.status == "connecting":
            return workers
        found = _threads(self._client)
        return [worker for worker in workers if worker in found]


@contextmanager
def dask_cluster(address: str, files: Sequence[str] = ()) -> Iterator[DaskExecutor]:
    """Measure on the cluster whose scheduler has that address; nothing is left there.

    Raises ClusterError, in one line, where there is none, another run measures there, or a worker
    differs from this process: in versions, in the harness, in one of these files.
    """
    with _connected(address) as client:
        threads = _workers(client, address)
        names = {address: f"worker {number}" for number, address in enumerate(threads, start=1)}
        machines = _checked(client, names, files)
        clock = next(iter(threads))
        known = {name: _in_words(machines[address]) for address, name in names.items()}
        known[names[clock]] += " (times too)"
        with (
            _locked(client, address),
            _plugged_in(client),
            ThreadPoolExecutor(sum(threads.values())) as pool,
        ):
            executor = DaskExecutor(client, names, threads, pool, machines[clock] | known)
            try:
                yield executor
            finally:
                executor.ended.set()
                pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    _silence_logs()
    try:
        asyncio.run(_check_address(address))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: `_checked` names those that must agree
            client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except Exception as error:  # an address can be wrong in many ways
        reason = f"no Dask scheduler answers at {address!r}; an address is as tcp://host:8786"
        raise ClusterError(reason) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=SECONDS_TO_LEAVE)


def _silence_logs() -> None:
    """Silence Dask in this process: what goes wrong is a row, or an error that names it."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _check_address(address: str) -> None:
    """Raise what is wrong with the address: a Client that failed with it takes 20 s to be gone."""
    secured = Security().get_connection_args("client")
    async with rpc(address, timeout=SECONDS_TO_CONNECT, connection_args=secured) as scheduler:
        identity = await asyncio.wait_for(scheduler.identity(), SECONDS_TO_CONNECT)
    if identity["type"] != "Scheduler":
        raise ValueError(identity["type"])


def _workers(client: Client, address: str) -> dict[str, int]:
    """Return how many cells each worker measures at once, the one that measures times first."""
    found = _threads(client)
    if not found:
        raise ClusterError(f"the scheduler at {address} has no workers; start some: dask worker")
    return dict(sorted(found.items()))


def _threads(client: Client) -> dict[str, int]:
    found = client.sync(client.scheduler.ncores, callback_timeout=SECONDS_OF_SILENCE)
    return cast("dict[str, int]", found)


def _checked(
    client: Client, names: dict[str, str], files: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return each worker's machine; raises ClusterError for one that must not measure."""
    try:
        client.run_on_scheduler(environment.machine)  # it unpickles what it hands on
    except Exception as error:
        raise ClusterError(f"the scheduler cannot run the harness: {error}") from error
    answers = client.run(_description, files, on_error="return")
    wanted, machines = _software(files), {}
    for address, name in names.items():
        found = answers.get(address, "it is gone")
        if not isinstance(found, tuple):
            raise ClusterError(f"{name} ({address}) cannot run the harness: {found}")
        software, machines[address] = found
        of_all = {what: found[1][what] for what in ("system", "libc")}
        wanted = of_all | wanted
        for what, theirs in (software | of_all).items():
            if theirs != wanted[what]:
                raise ClusterError(
                    f"{name} ({address}) has {what} {theirs}, not {wanted[what]}: "
                    "the figures depend on it, so all must have the same"
                )
    return machines


def _description(files: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    return _software(files), environment.machine()


def _software(files: Sequence[str]) -> dict[str, str]:
    """Return all that must be the same wherever the cells of one run are measured."""
    sources = {"harness": environment.source()} | {
        file: environment.digest([Path(file)]) for file in files
    }
    return environment.software(inspect_interpreter()) | sources


def _in_words(machine: dict[str, str]) -> str:
    return f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}"


@contextmanager
def _locked(client: Client, address: str) -> Iterator[None]:
    """Refuse other runs on the cluster meanwhile: they would be in the measured times."""
    lock = Lock(NAME, scheduler_rpc=client.scheduler, loop=client.loop)
    if not lock.acquire(timeout=SECONDS_OF_A_LOCK):
        raise ClusterError(f"another run is measuring on the cluster at {address}; wait for it")
    try:
        yield
    finally:
        with suppress(Exception):
            client.sync(lock.release, callback_timeout=SECONDS_TO_LEAVE)


@contextmanager
def _plugged_in(client: Client) -> Iterator[None]:
    """Make every worker ready to measure; at the end, what it measures with is killed."""
    client.register_plugin(MeasuringPlugin(), name=NAME)
    try:
        yield
    finally:
        with suppress(Exception):
            unregister = partial(client.scheduler.unregister_worker_plugin, name=NAME)
            client.sync(unregister, callback_timeout=SECONDS_TO_LEAVE)


def _measure_here(task: Task, timeout: float) -> Measurement:
    """Measure a cell on the worker that this is called on."""
    # this machine may have its Python and our packages elsewhere
    environment = replace(task.environment, python=sys.executable, packages=PACKAGES)
    workers = get_worker().plugins[NAME].workers
    return measure(replace(task, environment=environment), timeout, workers)
