"""A run of strategies: a Postgres with the payrolls in it, an executor, and the cells."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from callmeter import memory_limit
from callmeter.errors import UsageError
from harness.model.cell import workloads
from harness.model.run import DRIVER, FORMAT, Header
from harness.payroll import catalog, generator, loading
from harness.payroll.generator import SIZES_IN_TURN
from harness.payroll.yardsticks import YARDSTICKS
from harness.postgres.liveness import is_away, wait_until_back
from harness.postgres.session import open_database
from harness.postgres.writer import provide
from harness.runner import environment, retry, scheduler
from harness.runner.executors import SIDE_BY_SIDE
from harness.runner.interpreter import environment_of
from harness.runner.record import Settings, record
from harness.runner.tasks import strategy_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL

    from harness.model.cell import Cell, Workload
    from harness.model.run import Run
    from harness.payroll.catalog import Description
    from harness.payroll.generator import Payroll
    from harness.postgres.connection import Database
    from harness.runner.executors import Executor


def strategy_run(
    cells: Sequence[Cell], settings: Settings, database: Database | None = None
) -> Run:
    """Measure the cells; return the run, whose file is whole after every measurement.

    Their payrolls are in that `database`, of a caller with several runs, or in one of the run's
    own. Raises StrategyError, before anything is measured, for a strategy that is none.
    """
    _check(settings)
    measuring, interpreter = environment_of(settings, cells)
    described = _described(cells, settings)
    files = [name for name in described if name.endswith(".py")]
    total = len(cells)
    what = "connecting to Postgres" if settings.dsn else "starting Postgres"
    settings.progress(what, 0, total)
    with (
        _executor(settings.cluster, files) as executor,
        nullcontext(database) if database else open_database(settings.dsn) as opened,
    ):
        in_turn = any(cell.calls for cell in cells)
        read = {workload: _read_of(workload, in_turn=in_turn) for workload in workloads(cells)}

        def step(what: str) -> None:
            settings.progress(what, 0, total)

        def wait_and_write_again() -> None:
            step("waiting for Postgres")
            wait_until_back(opened)
            _write(opened, read, step)

        urls = _write(opened, read, step)
        server = environment.describe(opened.description, interpreter, settings.live_objects)
        by = {DRIVER: settings.driver} if settings.driver else {}
        header = Header(
            format=FORMAT,
            cells=total,
            command=settings.command,
            environment=server | by | dict(executor.environment if executor else {}),
            labels={name: yardstick.label for name, yardstick in YARDSTICKS.items()}
            | {name: description.label for name, description in described.items()},
            offers={
                n: description.offers
                for n, description in described.items()
                if description.offers is not None
            },
            yardsticks=_yardsticks(cells),
        )
        memory = _memory(settings)
        task_of = strategy_tasks(
            urls.__getitem__,
            settings.flamegraph,
            memory,
            measuring,
            settings.live_objects,
            settings.driver,
            has_own_server=settings.dsn is None,
        )
        found = retry.run(
            cells,
            lambda remaining: scheduler.run(remaining, task_of, settings.timeout, executor),
            lambda measurement: is_away(opened, ask=bool(measurement.error)),
            wait_and_write_again,
        )
        return record(found, header, settings)


def _check(settings: Settings) -> None:
    if settings.cluster is not None and not settings.dsn:
        raise UsageError("--cluster needs --dsn: no other machine reaches the embedded server")
    if settings.cluster is not None and settings.python:
        raise UsageError("--cluster measures with the Python of its workers: leave out --python")


def _described(cells: Iterable[Cell], settings: Settings) -> dict[str, Description]:
    """Return what each strategy says of itself; raises MissingPackageError where it cannot run."""
    names = dict.fromkeys(cell.name for cell in cells if cell.name not in YARDSTICKS)
    found = {name: catalog.describe(name) for name in names}
    for name, described in found.items():
        if described.missing and settings.python is None:
            raise loading.MissingPackageError(name, described.missing)
    return found


def _yardsticks(cells: Iterable[Cell]) -> list[str]:
    measured = {cell.name for cell in cells}
    return [name for name in YARDSTICKS if name in measured]


def _memory(settings: Settings) -> int | None:
    """Return the bytes that a process may hold; what is free on another machine is not known."""
    if settings.memory or settings.cluster is not None:
        return settings.memory
    return memory_limit.share(SIDE_BY_SIDE)


def _executor(cluster: str | None, files: list[str]) -> AbstractContextManager[Executor | None]:
    """Return the cluster at that address, if there is any to be used; raises UsageError."""
    if cluster is None:
        return nullcontext()
    try:
        from harness.runner.dask import dask_cluster
    except ModuleNotFoundError as error:
        raise UsageError(f"--cluster {loading.needs('cluster')}") from error
    return dask_cluster(cluster, files)


def _read_of(workload: Workload, *, in_turn: bool) -> list[Payroll]:
    """Return the payrolls that the workload's calls read, the one that it is first."""
    numbers = range(len(SIZES_IN_TURN) if in_turn else 1)
    payrolls = (generator.in_turn(one, nth) for nth in numbers for one in workload.payrolls)
    return list(dict.fromkeys(payrolls))


def _write(
    database: Database, read: Mapping[Workload, list[Payroll]], step: Callable[[str], None]
) -> dict[Workload, URL]:
    """Write the payrolls that are not there; return the URL that each workload's are at."""
    step("writing the payroll")
    return {
        workload: provide(database, first, writing([first, *others], step), others)
        for workload, (first, *others) in read.items()
    }


def writing(payrolls: Iterable[Payroll], step: Callable[[str], None]) -> Callable[[int], None]:
    """Return what reports how many entries are written: a million take minutes."""
    whole = sum(payroll.entries for payroll in payrolls)

    def written(count: int) -> None:
        step(f"writing the payroll: {min(count, whole):,} of {whole:,} entries")

    return written
