"""A sweep: one plan measured on several stacks, each part of it a saved run in one folder.

What is not timed comes first, stack by stack. Times are measured in rounds, in each of which every
stack is measured once, so that what changes on the machine changes the times of all stacks. A part
that is there and whole is not measured again; of a round, all parts are, unless all are whole.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from callmeter.errors import NotAvailableError, TargetError, UsageError, message
from callmeter.interpreter import inspect_interpreter
from callmeter.worker import CHECK
from harness.model.cell import Consume, subject_of
from harness.model.merge import joined
from harness.model.metrics import TIMED
from harness.model.run import DRIVER
from harness.model.saved import read, write
from harness.payroll import catalog
from harness.postgres.session import open_database
from harness.runner import environment, plan
from harness.runner.functions import Functions, function_run, targets_by_name
from harness.runner.installed import works_with
from harness.runner.session import to_compare
from harness.runner.strategy_run import strategy_run
from harness.stacks.stack import NotMade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from callmeter.target import Target
    from harness.model.cell import Cell, Workload
    from harness.model.run import Run
    from harness.postgres.connection import Database
    from harness.runner.record import Settings
    from harness.stacks.stack import Stack

OF_THE_MOMENT = ("date", "server")
"""What may differ between the parts of one run, and need not be known to resume it."""


@dataclass(frozen=True)
class Plan:
    """The cells to measure on every stack, and what measures some of them.

    `run(cells, settings, database)` has a database where `needs_database`.
    """

    cells: Sequence[Cell]
    run: Callable[[Sequence[Cell], Settings, Database | None], Run]
    targets: dict[str, Target] = field(default_factory=dict)

    @property
    def needs_database(self) -> bool:
        """Whether it is of strategies, and not of functions."""
        return not self.targets


class Finished(NamedTuple):
    """The run of each stack that was measured, and the stacks without one."""

    runs: dict[str, Run]
    missing: list[NotMade]


class Part(NamedTuple):
    """Cells that are measured in one go on a stack, and the path of their run.

    `checks` is the path of the part that checks what is measured in this one.
    """

    stack: Stack
    what: str
    path: Path
    checks: Path
    cells: Sequence[Cell]


def of_strategies(
    names: Sequence[str],
    workloads: Sequence[Workload],
    meters: Sequence[str],
    repeat: plan.Repeats,
) -> Plan:
    """Return the plan of strategies, all if none is named; raises StrategyError."""
    chosen = to_compare(names, Consume.HOLD)
    for name in chosen:
        catalog.describe(name)
    cells = plan.of_comparison(chosen, workloads, meters, repeat, collectors=())
    return Plan([cell for cell in cells if cell.is_usual], strategy_run)


def of_functions(
    targets: Sequence[str],
    setup: str | None,
    meters: Sequence[str],
    repeat: plan.Repeats,
    at_once: Sequence[int] = (1,),
) -> Plan:
    """Return the plan of functions; raises UsageError for what is no target."""
    named = targets_by_name(targets, setup)
    functions = Functions(named, meters, repeat, collectors=(), at_once=at_once)
    found = [cell for cell in functions.cells([*functions.targets]) if cell.is_usual]

    def run(cells: Sequence[Cell], settings: Settings, _: Database | None) -> Run:
        return function_run(functions, settings, cells)

    return Plan([*functions.checks, *found], run, functions.masked_targets)


def sweep(chosen: Plan, stacks: Sequence[Stack], folder: Path, settings: Settings) -> Finished:
    """Measure what is not measured yet; save and return a run for each stack.

    A stack on which nothing can be measured has none. Raises UsageError for parts of another
    sweep in the folder, unless the settings allow to `replace` them.
    """
    groups = list(_groups(chosen, stacks, folder))
    known = {stack: _environment(stack, settings) for stack in stacks}
    to_do = [
        part
        for group in groups
        if not all(_is_whole(chosen, part, known[part.stack], settings) for part in group)
        for part in group
    ]
    if done := sum(map(len, groups)) - len(to_do):
        settings.notice(f"resumed: {done} parts are measured already, in {folder}")
    _parts_folder(folder).mkdir(parents=True, exist_ok=True)
    missing = _measure(chosen, to_do, settings)
    without = {one.name for one in missing}
    runs = {
        stack.name: _saved(stack, groups, folder) for stack in stacks if stack.name not in without
    }
    return Finished(runs, missing)


def _groups(chosen: Plan, stacks: Sequence[Stack], folder: Path) -> Iterator[list[Part]]:
    """Yield the parts in their order, together those that are measured anew together.

    These are the ones of a round; what is not timed is one part of each stack.
    """
    at = {stack: f"{_parts_folder(folder)}/{stack.file}" for stack in stacks}
    first = {stack: Path(f"{at[stack]}-memory.jsonl") for stack in stacks}
    cells = [cell for cell in chosen.cells if cell.meter != TIMED]
    for stack in stacks:
        yield [Part(stack, "memory", first[stack], first[stack], _cells_on(stack, cells))]
    timed = [cell for cell in chosen.cells if cell.meter == TIMED]
    rounds = sorted({cell.repeat for cell in timed})
    for nth in rounds:
        cells = [cell for cell in timed if cell.repeat == nth]
        what = f"times, round {nth + 1} of {len(rounds)}"
        paths = {stack: Path(f"{at[stack]}-times-{nth + 1}.jsonl") for stack in stacks}
        yield [
            Part(stack, what, paths[stack], first[stack], _cells_on(stack, cells))
            for stack in stacks
        ]


def _cells_on(stack: Stack, cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of what works with the stack's driver."""
    return [cell for cell in cells if works_with(cell.name, stack.driver)]


def _parts_folder(folder: Path) -> Path:
    return folder / "parts"


def _environment(stack: Stack, settings: Settings) -> dict[str, str]:
    """Return what a part that was measured before must have run on, to be one of this sweep."""
    there = inspect_interpreter(stack.python)
    whole = environment.describe("", there, settings.live_objects)
    whole |= {DRIVER: stack.driver} if stack.driver else {}
    return {what: version for what, version in whole.items() if what not in OF_THE_MOMENT}


def _is_whole(chosen: Plan, part: Part, known: Mapping[str, str], settings: Settings) -> bool:
    """Whether the part is there, or has nothing to measure.

    Raises UsageError where it is one of another sweep.
    """
    if settings.replace:
        return False
    if not part.path.exists():
        return not _not_broken(part)
    run = read(part.path)
    measured = {measurement.cell for measurement in run.measurements}
    if run.header.targets != chosen.targets or not measured.issubset(part.cells):
        raise UsageError(
            f"{part.path.parent.parent} has what another command measured: {run.header.command}; "
            "name another folder, or add --force"
        )
    is_same = all(run.header.environment.get(what) == known[what] for what in known)
    return is_same and measured.issuperset(_not_broken(part))


def _not_broken(part: Part) -> list[Cell]:
    """Return the cells but for those of calls whose check failed, of which no more is measured."""
    checks = read(part.checks).measurements if part.checks.exists() else ()
    broken = {
        subject_of(check.cell)
        for check in checks
        if check.cell.meter == CHECK and (check.error or check.unavailable)
    }
    return [cell for cell in part.cells if cell.meter == CHECK or subject_of(cell) not in broken]


def _measure(chosen: Plan, parts: Sequence[Part], settings: Settings) -> list[NotMade]:
    """Measure the parts in their order; return the stacks that cannot be measured on, and why."""
    total, done = sum(len(part.cells) for part in parts), 0
    missing: dict[Stack, NotMade] = {}
    with ExitStack() as opened:
        database = None
        if parts and chosen.needs_database:
            settings.progress("opening the database", 0, total)
            database = opened.enter_context(open_database(settings.dsn))
        for part in parts:
            if part.stack not in missing:
                try:
                    _measure_part(chosen, part, settings, database, done, total)
                except (TargetError, NotAvailableError) as error:
                    why = f"cannot be measured: {message(error)}"
                    missing[part.stack] = NotMade(part.stack.name, why)
            done += len(part.cells)
    return list(missing.values())


def _measure_part(
    chosen: Plan, part: Part, settings: Settings, database: Database | None, before: int, total: int
) -> None:
    cells = part.cells if part.path == part.checks else _not_broken(part)
    if not cells:  # nothing is fit to be timed
        return

    def progress(what: str, done: int, _: int) -> None:
        settings.progress(f"{part.stack.name}, {part.what}: {what}", before + done, total)

    of_part = replace(
        settings,
        python=part.stack.python,
        driver=part.stack.driver,
        install_memray=True,
        save=part.path,
        replace=True,
        progress=progress,
    )
    chosen.run(cells, of_part, database)


def _saved(stack: Stack, groups: Iterable[Sequence[Part]], folder: Path) -> Run:
    """Join the stack's parts into one run, save it in the folder, and return it."""
    paths = [part.path for group in groups for part in group if part.stack == stack]
    run = joined([read(path) for path in paths if path.exists()])
    known = run.header.environment | dict(stack.packages)
    run = structs.replace(run, header=structs.replace(run.header, environment=known))
    write(folder / f"{stack.file}.jsonl", run)
    return run
