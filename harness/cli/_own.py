"""What the commands do that measure functions of the user's own: check, measure, save."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness import environment, measure, plan, results, temporary
from harness.cli import _measuring as measuring
from harness.cli._progress import progress, tell
from harness.errors import UsageError
from harness.own.calling import TargetError
from harness.own.calls import Own
from harness.own.target import parse
from harness.payroll import Profile
from harness.secret import masked
from harness.worker import Job

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from harness.own.target import Target
    from harness.results import Measurement, Run

NO_TARGET = f"{TargetError.__name__}: "
SERVER = "no server of ours"


@dataclass(frozen=True)
class Wanted:
    """Which functions to measure, the first being the reference, and how."""

    targets: dict[str, Target]
    meters: Sequence[str] = ()
    repeat: int | None = None
    consume: plan.Consume = plan.Consume.HOLD
    same: bool = False
    explain: bool = False
    flamegraph: str | None = None
    memory: int | None = None
    """Bytes that each process may hold."""

    @property
    def reference(self) -> str:
        """The name of the first."""
        return next(iter(self.targets))

    def cells(self, names: Sequence[str], items: int) -> list[plan.Cell]:
        """Give what is measured of them, after the checks; raises UsageError for too much."""
        found = plan.of_own(names, items, self.meters, self.repeat, self.consume)
        if self.explain:
            found = chain(found, plan.explanations(names, plan.own_data(items), check=False))
        return plan.at_most_a_run(found)


def targets(texts: Sequence[str], setup: str | None) -> dict[str, Target]:
    """Read the targets, by the name that reports give them; raises UsageError."""
    found: dict[str, Target] = {}
    for each in (parse(measuring.from_here(text), setup or "") for text in texts):
        name = masked(f"{each.where}:{each.call}")
        if found.setdefault(name, each) != each:
            raise UsageError(f"two targets differ in a password only, and it is not shown: {name}")
    return found


def measured(wanted: Wanted, path: Path, timeout: float) -> Run:
    """Check each function, measure it, into the file at `path`; give the run.

    Raises UsageError, before anything is measured, for one that cannot be called.
    """
    names = list(wanted.targets)
    total = len(names) + len(wanted.cells(names, 1))
    with temporary.folder() as folder, progress(total) as step:
        step("checking", 0)
        checks = list(_checked(wanted, Path(folder), timeout))
        items = next((each.items for each in checks if each.items), 1)
        fit = [each.cell.strategy for each in checks if not each.error]
        header = results.Header(
            format=results.FORMAT,
            cells=total,
            command=measuring.command(),
            environment=environment.describe(SERVER),
            labels=dict.fromkeys(names, ""),
            reference=wanted.reference,
        )

        def found() -> Generator[Measurement]:
            for check in checks:
                cell = msgspec.structs.replace(check.cell, entries=items)
                yield msgspec.structs.replace(check, cell=cell)
            cells = wanted.cells(fit, items)
            yield from measure.run(cells, lambda cell: _job(wanted, cell), timeout)

        return measuring.recorded(found(), header, path, step)


def _checked(wanted: Wanted, folder: Path, timeout: float) -> Iterator[Measurement]:
    """Call each function once, the reference before the others, and count what it reads."""
    data = str(folder / "reference") if wanted.same else None
    first, *others = wanted.targets
    (check,) = _check(wanted, [first], data, timeout)
    yield check
    if check.error and data:
        tell(f"{first} failed: what the others give is not compared")
        data = None
    for other in _check(wanted, others, data, timeout):
        if not check.error and not other.error and other.items != check.items:
            tell(f"{other.cell.strategy} reads {other.items:,} items, {first} {check.items:,}")
        yield other


def _check(
    wanted: Wanted, names: Sequence[str], data: str | None, timeout: float
) -> Iterator[Measurement]:
    size = (1, 0, Profile.OWN)
    cells = [plan.Cell(name, plan.CONTRACT, *size, consume=wanted.consume) for name in names]
    for check in measure.run(cells, lambda cell: _job(wanted, cell, data), timeout):
        if check.error and check.error.startswith(NO_TARGET):
            raise UsageError(check.error.removeprefix(NO_TARGET))
        yield check


def _job(wanted: Wanted, cell: plan.Cell, data: str | None = None) -> Job:
    name = cell.strategy
    own = Own(wanted.targets[name], data, is_reference=name == wanted.reference)
    return Job(cell, flamegraph=wanted.flamegraph, own=own, memory=wanted.memory)
