"""A run of functions of the user's: each checked, then measured beside the first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter import temporary
from callmeter.errors import TargetError, UsageError
from callmeter.target import Target, parse
from callmeter.worker import CHECK
from harness.base.secret import masked
from harness.model.cell import Cell, Consume, Workload
from harness.model.run import FORMAT, Header
from harness.runner import environment, plan, scheduler
from harness.runner.executors import Task
from harness.runner.interpreter import environment_of
from harness.runner.record import Settings, record, with_local_path
from harness.runner.tasks import job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence

    from callmeter.worker_pool import Environment
    from harness.model.cell import Collector
    from harness.model.run import Measurement, Run

FACTORY = "callmeter.loader:make_call"
SERVER = "server unknown"


@dataclass(frozen=True)
class Functions:
    """Which functions to measure, the first being the reference, and how."""

    targets: dict[str, Target]
    meters: Sequence[str] = ()
    repeat: plan.Repeats = None
    consume: Consume = Consume.HOLD
    same: bool = False
    ignore: Sequence[str] = ()
    warm_up: bool = True
    explain: bool = False
    collectors: Collection[Collector] = plan.COLLECTORS
    at_once: Sequence[int] = (1,)
    calls: int = 0

    @property
    def reference(self) -> str:
        """The name of the first."""
        return next(iter(self.targets))

    @property
    def masked_targets(self) -> dict[str, Target]:
        """The targets as a run has them: without passwords."""
        return {name: _masked(target) for name, target in self.targets.items()}

    @property
    def checks(self) -> list[Cell]:
        """The cells that call each once before it is measured, the reference first."""
        workload = Workload(at_once=max(self.at_once))
        return [Cell(name, CHECK, workload, consume=self.consume) for name in self.targets]

    def cells(self, names: Sequence[str]) -> list[Cell]:
        """Return what is measured of them, after the checks; raises UsageError for too much."""
        found = plan.of_functions(
            names,
            self.meters,
            self.repeat,
            self.consume,
            warm_up=self.warm_up,
            collectors=self.collectors,
            at_once=self.at_once,
            calls=self.calls,
        )
        if self.explain:
            found = chain(found, plan.explanations_of_functions(names, warm_up=self.warm_up))
        return plan.at_most_a_run(found)


def targets_by_name(texts: Sequence[str], setup: str | None) -> dict[str, Target]:
    """Return the targets, by the name that reports have for them; raises UsageError."""
    found: dict[str, Target] = {}
    for target in (parse(with_local_path(text), setup or "") for text in texts):
        name = masked(f"{target.where}:{target.call}")
        if found.setdefault(name, target) != target:
            raise UsageError(f"two targets differ in a password only, and it is not shown: {name}")
    return found


def function_run(
    functions: Functions, settings: Settings, cells: Sequence[Cell] | None = None
) -> Run:
    """Check each function and measure it; return the run.

    Of several runs that measure one plan, `cells` are those of this one; without a check among
    them, nothing is checked. Raises TargetError, before anything is measured, for one that cannot
    be called, and UsageError for settings that are of strategies only.
    """
    if settings.dsn or settings.driver or settings.cluster:
        raise UsageError(
            "--dsn, --driver and --cluster are for strategies: a function connects by itself"
        )
    names = list(functions.targets)
    if cells is None:
        cells = [*functions.checks, *functions.cells(names)]
    to_measure = [cell for cell in cells if cell.meter != CHECK]
    measuring, interpreter = environment_of(settings, to_measure)
    header = Header(
        format=FORMAT,
        cells=len(cells),
        command=settings.command,
        environment=environment.describe(SERVER, interpreter, settings.live_objects),
        labels=dict.fromkeys(names, ""),
        reference=functions.reference,
        targets=functions.masked_targets,
        warm_up=functions.warm_up,
    )
    settings.progress("checking", 0, header.cells)
    task_of = _task_maker(functions, settings, measuring)
    with temporary.folder() as folder:
        data = str(Path(folder) / "reference") if functions.same else None
        is_checked = len(to_measure) < len(cells)
        checks = list(_checked(functions, task_of, data, settings)) if is_checked else []
        broken = {check.cell.name for check in checks if check.error}
        fit = [cell for cell in to_measure if cell.name not in broken]

        def found() -> Generator[Measurement]:
            yield from checks
            yield from scheduler.run(fit, task_of, settings.timeout)

        return record(found(), header, settings)


def _masked(target: Target) -> Target:
    return Target(target.where, masked(target.call), masked(target.setup))


def _checked(
    functions: Functions,
    task_of: Callable[[Cell, str | None], Task],
    data: str | None,
    settings: Settings,
) -> Iterator[Measurement]:
    """Call each function once, the reference before the others, and count what it reads.

    Where they must return the same, the reference's data are in the file `data`.
    """
    first, *others = functions.checks
    (check,) = _check([first], lambda cell: task_of(cell, data), settings.timeout)
    yield check
    if check.error and data:
        settings.notice(f"{first.name} failed: what the others return is not compared")
    compared = None if check.error else data
    yield from _check(others, lambda cell: task_of(cell, compared), settings.timeout)


def _check(
    cells: Sequence[Cell], task_of: Callable[[Cell], Task], timeout: float
) -> Iterator[Measurement]:
    for check in scheduler.run(cells, task_of, timeout):
        if check.error and check.error_type == TargetError.__name__:
            raise TargetError(check.error.removeprefix(f"{TargetError.__name__}: "))
        yield check


def _task_maker(
    functions: Functions, settings: Settings, measuring: Environment
) -> Callable[..., Task]:
    def task_of(cell: Cell, data: str | None = None) -> Task:
        target = functions.targets[cell.name]
        arguments = {
            "where": target.where,
            "call": target.call,
            "setup": target.setup,
            "fold": functions.consume is Consume.FOLD,
            "data": data,
            "is_reference": cell.name == functions.reference,
            "ignore": list(functions.ignore),
        }
        job = job_of(
            cell, FACTORY, arguments, settings.memory, settings.flamegraph, settings.live_objects
        )
        return Task(cell, job, measuring)

    return task_of
