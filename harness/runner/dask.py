"""Measuring on the workers of a Dask cluster: memory on all of them, times on one only.

The cells are measured in processes of each worker's, exactly as here. What a dead worker was
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
from threading import Event
from typing import TYPE_CHECKING, cast

import msgspec
from distributed import Client, KilledWorker, Lock, Security, WorkerPlugin, get_worker
from distributed.core import rpc

from callmeter.errors import NotMeasuredError
from callmeter.interpreter import inspect_interpreter
from callmeter.worker_pool import WorkerPool
from harness.base.errors import ClusterError
from harness.runner import environment
from harness.runner.executors import Place, through
from harness.runner.scheduler import PACKAGES, measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from distributed import Worker

    from harness.model.run import Measurement
    from harness.runner.executors import Task

NAME = "mapping-strategies"
"""Of what we have on a cluster: a run's plugin replaces that of a run which was killed."""
PATIENCE = 10.0
"""Seconds in which a scheduler must answer."""
SILENCE = 30.0
"""Seconds after which one that was there is taken to be gone: it may have much to do."""
LEAVING = 5.0
"""Seconds that each farewell to a scheduler may take."""
SOON = 1.0
"""Seconds between two looks at whether there still is a worker."""
OTHERS_MAY_END = 45.0
"""Seconds after which another run has ended, if it was killed: its lock lasts 30."""


class Measuring(WorkerPlugin):
    """What a Dask worker measures with: processes of its own, which end when the run does."""

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """Begin."""
        self.workers = WorkerPool()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        """Kill what is still measuring."""
        self.workers.end()


@contextmanager
def place(address: str, files: Sequence[str] = ()) -> Iterator[Place]:
    """Give the cluster whose scheduler has that address; nothing of ours is left there.

    Raises ClusterError, in one line, where there is none, another run measures there, or a worker
    differs from this process: in versions, in the harness, in one of these files.
    """
    with _connected(address) as client:
        threads = _workers(client, address)
        names = {each: f"worker {number}" for number, each in enumerate(threads, start=1)}
        machines = _checked(client, names, files)
        clock = next(iter(threads))
        known = {name: _in_words(machines[each]) for each, name in names.items()}
        known[names[clock]] += " (times too)"
        with (
            _alone(client, address),
            _measuring(client),
            _through(client, names, threads, sum(threads.values())) as memory,
            _through(client, names, [clock], 1) as times,
        ):
            yield Place(memory.side_by_side, times.alone, machines[clock] | known)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    _quiet()
    try:
        asyncio.run(_reached(address))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: we say ourselves which must be the same
            client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # an address can be wrong in many ways
        said = f"no Dask scheduler answers at {address!r}; an address is as tcp://host:8786"
        raise ClusterError(said) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=LEAVING)


def _quiet() -> None:
    """Have Dask log nothing here: what goes wrong is a row, or an error of ours."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _reached(address: str) -> None:
    """Raise what is wrong with the address: a Client that failed with it takes 20 s to be gone."""
    secured = Security().get_connection_args("client")
    async with rpc(address, timeout=PATIENCE, connection_args=secured) as answering:
        told = await asyncio.wait_for(answering.identity(), PATIENCE)
    if told["type"] != "Scheduler":
        raise ValueError(told["type"])


def _workers(client: Client, address: str) -> dict[str, int]:
    """Give how many cells each worker measures at once, the one that measures times first."""
    found = _threads(client)
    if not found:
        raise ClusterError(f"the scheduler at {address} has no workers; start some: dask worker")
    return dict(sorted(found.items()))


def _threads(client: Client) -> dict[str, int]:
    return cast("dict[str, int]", client.sync(client.scheduler.ncores, callback_timeout=SILENCE))


def _checked(
    client: Client, names: dict[str, str], files: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Give what each worker's machine is; raises ClusterError for one that must not measure."""
    try:
        client.run_on_scheduler(environment.machine)  # it unpickles what it hands on
    except Exception as error:
        raise ClusterError(f"the scheduler cannot run the harness: {error}") from error
    told = client.run(_told_of_itself, files, on_error="return")
    wanted, machines = _software(files), {}
    for address, name in names.items():
        found = told.get(address, "it is gone")
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


def _told_of_itself(files: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    return _software(files), environment.machine()


def _software(files: Sequence[str]) -> dict[str, str]:
    """Give all that must be the same wherever the cells of one run are measured."""
    sources = {"harness": environment.source()} | {
        file: environment.digest([Path(file)]) for file in files
    }
    return environment.software(inspect_interpreter()) | sources


def _in_words(machine: dict[str, str]) -> str:
    return f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}"


@contextmanager
def _alone(client: Client, address: str) -> Iterator[None]:
    """Let nobody else's run onto the cluster: it would be measured by our clock."""
    lock = Lock(NAME, scheduler_rpc=client.scheduler, loop=client.loop)
    if not lock.acquire(timeout=OTHERS_MAY_END):
        raise ClusterError(f"another run is measuring on the cluster at {address}; wait for it")
    try:
        yield
    finally:
        with suppress(Exception):
            client.sync(lock.release, callback_timeout=LEAVING)


@contextmanager
def _measuring(client: Client) -> Iterator[None]:
    """Have every worker ready to measure; at the end, what it measures with is killed."""
    client.register_plugin(Measuring(), name=NAME)
    try:
        yield
    finally:
        with suppress(Exception):
            unregister = client.scheduler.unregister_worker_plugin
            client.sync(unregister, name=NAME, callback_timeout=LEAVING)


@contextmanager
def _through(
    client: Client, names: dict[str, str], workers: Iterable[str], at_once: int
) -> Iterator[Place]:
    """Give those workers as a place; each thread here waits for one cell there.

    So no worker is handed more than it can do at once, and one that is lost loses no more.
    """
    ended = Event()
    there = partial(_there, client, names, set(workers), ended)
    with ThreadPoolExecutor(at_once) as pool:
        try:
            yield through(pool, there)
        finally:
            ended.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _there(
    client: Client,
    names: dict[str, str],
    workers: set[str],
    ended: Event,
    task: Task,
    timeout: float,
) -> Measurement:
    """Measure a cell on one of the workers; raises NotMeasuredError, and no address in it."""
    try:
        future = client.submit(_measured, task, timeout, workers=list(workers), pure=False)
        while not ended.is_set() and _are_left(client, workers):
            with suppress(TimeoutError):
                found: tuple[Measurement, str] = future.result(SOON)
                return msgspec.structs.replace(found[0], where=names[found[1]])
        future.cancel()
    except KilledWorker:
        raise NotMeasuredError("each worker that began to measure it died") from None
    except Exception as error:
        is_lost = client.status != "running"
        said = "the connection to the scheduler was lost" if is_lost else type(error).__name__
        raise NotMeasuredError(f"nothing came back from the cluster: {said}") from error
    gone = names[next(iter(workers))] if len(workers) == 1 else "every worker"
    raise NotMeasuredError(f"{gone} is gone, and nobody else may measure it")


def _are_left(client: Client, workers: set[str]) -> bool:
    """Tell whether there is still one of them; while the scheduler is away, it may come back."""
    return client.status == "connecting" or not workers.isdisjoint(_threads(client))


def _measured(task: Task, timeout: float) -> tuple[Measurement, str]:
    """Measure a cell on the worker that this is called on, and give its address too."""
    worker = get_worker()
    # this machine may have its Python and our packages elsewhere
    environment = replace(task.environment, python=sys.executable, packages=PACKAGES)
    found = measure(replace(task, environment=environment), timeout, worker.plugins[NAME].workers)
    return found, worker.address
