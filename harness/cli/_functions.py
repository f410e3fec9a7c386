"""What the commands do that measure functions of the user's: check, measure, save."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter import temporary
from callmeter.errors import TargetError, UsageError
from callmeter.target import parse
from callmeter.worker import CHECK
from callmeter.worker_pool import HERE, Environment
from harness.base.secret import masked
from harness.cli import _measuring as measuring
from harness.cli._progress import progress, tell
from harness.model import run as results
from harness.runner import environment, plan
from harness.runner import scheduler as measure
from harness.runner.executors import Task

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from callmeter.interpreter import Interpreter
    from callmeter.target import Target
    from harness.model.run import Measurement, Run

FACTORY = "callmeter.loader:make_call"
SERVER = "no server of ours"


@dataclass(frozen=True)
class Functions:
    """Which functions to measure, the first being the reference, and how."""

    targets: dict[str, Target]
    interpreter: Interpreter
    environment: Environment = HERE
    meters: Sequence[str] = ()
    repeat: int | None = None
    consume: plan.Consume = plan.Consume.HOLD
    same: bool = False
    ignore: Sequence[str] = field(default_factory=list)
    warm_up: bool = True
    explain: bool = False
    flamegraph: str | None = None
    memory: int | None = None
    """Bytes that each process may hold."""

    @property
    def reference(self) -> str:
        """The name of the first."""
        return next(iter(self.targets))

    def cells(self, names: Sequence[str]) -> list[plan.Cell]:
        """Return what is measured of them, after the checks; raises UsageError for too much."""
        found = plan.of_functions(
            names, self.meters, self.repeat, self.consume, warm_up=self.warm_up
        )
        if self.explain:
            found = chain(found, plan.explanations_of_functions(names, warm_up=self.warm_up))
        return plan.at_most_a_run(found)


def targets(texts: Sequence[str], setup: str | None) -> dict[str, Target]:
    """Return the targets, by the name that reports give them; raises UsageError."""
    found: dict[str, Target] = {}
    for target in (parse(measuring.from_here(text), setup or "") for text in texts):
        name = masked(f"{target.where}:{target.call}")
        if found.setdefault(name, target) != target:
            raise UsageError(f"two targets differ in a password only, and it is not shown: {name}")
    return found


def measured(wanted: Functions, path: Path, timeout: float, *, replace: bool = False) -> Run:
    """Check each function, measure it, into the file at `path`; return the run.

    Raises TargetError, before anything is measured, for one that cannot be called.
    """
    names = list(wanted.targets)
    total = len(names) + len(wanted.cells(names))
    with temporary.folder() as folder, progress(total) as step:
        step("checking", 0)
        checks = list(_checked(wanted, Path(folder), timeout))
        fit = [check.cell.strategy for check in checks if not check.error]
        header = results.Header(
            format=results.FORMAT,
            cells=total,
            command=measuring.command(),
            environment=environment.describe(SERVER, wanted.interpreter),
            labels=dict.fromkeys(names, ""),
            reference=wanted.reference,
            targets={name: _masked(target) for name, target in wanted.targets.items()},
            warm_up=wanted.warm_up,
        )

        def found() -> Generator[Measurement]:
            yield from checks
            yield from measure.run(wanted.cells(fit), lambda cell: _task(wanted, cell), timeout)

        return measuring.recorded(found(), header, path, step, replace=replace)


def _masked(target: Target) -> Target:
    return type(target)(target.where, masked(target.call), masked(target.setup))


def _checked(wanted: Functions, folder: Path, timeout: float) -> Iterator[Measurement]:
    """Call each function once, the reference before the others, and count what it reads."""
    data = str(folder / "reference") if wanted.same else None
    first, *others = wanted.targets
    (check,) = _check(wanted, [first], data, timeout)
    yield check
    if check.error and data:
        tell(f"{first} failed: what the others give is not compared")
        data = None
    yield from _check(wanted, others, data, timeout)


def _check(
    wanted: Functions, names: Sequence[str], data: str | None, timeout: float
) -> Iterator[Measurement]:
    cells = [plan.Cell(name, CHECK, consume=wanted.consume) for name in names]
    for check in measure.run(cells, lambda cell: _task(wanted, cell, data), timeout):
        if check.error and check.error_type == TargetError.__name__:
            raise TargetError(check.error.removeprefix(f"{TargetError.__name__}: "))
        yield check


def _task(wanted: Functions, cell: plan.Cell, data: str | None = None) -> Task:
    target = wanted.targets[cell.strategy]
    arguments = {
        "where": target.where,
        "call": target.call,
        "setup": target.setup,
        "fold": wanted.consume is plan.Consume.FOLD,
        "data": data,
        "is_reference": cell.strategy == wanted.reference,
        "ignore": list(wanted.ignore),
    }
    job = measure.job_of(cell, FACTORY, arguments, wanted.memory, wanted.flamegraph)
    return Task(cell, job, wanted.environment)
