"""The plan: which cells a run measures, in which order. Pure."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from callmeter import meters
from callmeter.errors import UsageError
from callmeter.worker import CHECK, EXPLAIN
from harness.model.fields import MOST_CELLS, MOST_ROWS, AtLeastOne, Count
from harness.payroll import yardsticks as baselines
from harness.payroll.generator import Payroll, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FLOOR = baselines.floor.__name__
"""The payroll as plain objects built directly in Python: what memory is a ratio to."""

REFERENCE = "full_orm"
"""The way the team does it today: what time, and "smaller", is a ratio to."""

EXPLAINED_UP_TO = 10_000
"""Entries of the largest payroll that a comparison explains."""

COLD_UP_TO = 10_000
"""Entries of the largest payroll, of several, whose first call is measured too.

What a first call costs more is the same at any size.
"""


class Consume(StrEnum):
    """What is done with the entries: held in a list, or folded into a total and let go."""

    HOLD = "hold"
    FOLD = "fold"


class Workload(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a call works on: its size, what one of its items is called, its profile.

    Of a payroll, the size is its entries, of so many components. A function of the user's has no
    size that is known before it is called: each has as many items as it gives.
    """

    size: AtLeastOne | None = None
    item: str = "item"
    components: Count = 0
    profile: Profile | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for half a payroll."""
        if (self.size is None) != (self.profile is None):
            raise ValueError("a payroll has a size and a profile; anything else has neither")
        if (self.item == "entry") != self.is_payroll:
            raise ValueError("a payroll's items are entries, and nothing else's are")

    @property
    def payroll(self) -> Payroll:
        """The payroll that is read; raises ValueError if it is none."""
        if self.size is None or self.profile is None:
            raise ValueError("not a payroll")
        return Payroll(self.size, self.components, self.profile)

    @property
    def is_payroll(self) -> bool:
        """Whether it is a payroll, and not what a function of the user's reads."""
        return self.profile is not None


def workload_of(payroll: Payroll) -> Workload:
    """Return the workload that the payroll is."""
    return Workload(payroll.entries, "entry", payroll.components, payroll.profile)


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to measure, in a fresh process.

    `meter` is the name of one, CHECK or EXPLAIN. `cold`, if without any warm-up; `paused`, if with
    the garbage collector paused.
    """

    strategy: str
    meter: str
    workload: Workload = Workload()
    repeat: Count = 0
    cold: bool = False
    paused: bool = False
    consume: Consume = Consume.HOLD


def cells(
    strategies: Sequence[str],
    payrolls: Sequence[Payroll],
    meter_names: Sequence[str],
    repeat: int | None = None,
    consume: Consume = Consume.HOLD,
) -> Iterator[Cell]:
    """Give every cell: for each payroll first the checks, then the meters' repeats.

    The baselines, and for lists the reference, are always measured, as every ratio is a ratio to
    one of them; the repeats of a meter are interleaved over the strategies, so that a slow moment
    of the machine does not fall on one of them alone.
    """
    measured = [*baselines.of(consume), *strategies]
    for payroll in payrolls:
        workload = workload_of(payroll)
        first_call = payroll.entries <= COLD_UP_TO or len(payrolls) == 1
        for name in strategies:
            yield Cell(name, CHECK, workload, consume=consume)
        for meter in meter_names:
            yield from _metered(measured, workload, meter, repeat, consume, first_call=first_call)


def of_functions(
    targets: Sequence[str],
    meter_names: Sequence[str],
    repeat: int | None = None,
    consume: Consume = Consume.HOLD,
    *,
    warm_up: bool = True,
) -> Iterator[Cell]:
    """Return the meters' cells of the user's functions; without a warm-up, of first calls only."""
    for meter in meter_names:
        found = _metered(targets, Workload(), meter, repeat, consume, first_call=warm_up)
        for cell in found:
            if warm_up:
                yield cell
            elif not cell.paused:
                yield msgspec.structs.replace(cell, cold=True)


def _metered(
    names: Sequence[str],
    workload: Workload,
    meter: str,
    repeat: int | None,
    consume: Consume,
    *,
    first_call: bool = True,
) -> Iterator[Cell]:
    if meter in baselines.NOT_OF_FLOOR:
        names = [name for name in names if name != FLOOR]
    for cold, paused, repeats in _variants(meter, repeat, first_call=first_call):
        for nth in range(repeats):
            for name in names:
                yield Cell(name, meter, workload, nth, cold, paused, consume)


def _variants(
    meter: str, repeat: int | None, *, first_call: bool
) -> Iterator[tuple[bool, bool, int]]:
    """Give (cold, paused, repeats) of each way that a meter measures a strategy."""
    module = meters.load(meter)
    repeats = repeat or module.REPEATS
    if first_call and getattr(module, "FIRST_CALL", False):
        yield True, False, 1
    yield False, False, repeats
    if getattr(module, "PAUSED", False):
        yield False, True, repeats


def explanations(
    strategies: Sequence[str], payroll: Payroll, *, check: bool = True
) -> Iterator[Cell]:
    """Give the cells that check, if that is not done yet, and then explain each strategy."""
    for task in (CHECK, EXPLAIN) if check else (EXPLAIN,):
        for name in strategies:
            if (name, task) != (FLOOR, CHECK):
                yield Cell(name, task, workload_of(payroll))


def explanations_of_functions(targets: Sequence[str], *, warm_up: bool = True) -> Iterator[Cell]:
    """Return the cells that explain the user's functions, which are checked before."""
    return (Cell(name, EXPLAIN, cold=not warm_up) for name in targets)


def to_explain(payrolls: Sequence[Payroll]) -> Payroll:
    """Give the payroll to explain of those measured: the largest that can be recorded in full.

    A recording has a line for every allocation; shares no longer change at such a size.
    """
    small = [payroll for payroll in payrolls if payroll.entries <= EXPLAINED_UP_TO]
    return max(small or payrolls[:1], key=lambda payroll: payroll.entries)


def at_most_a_run(cells: Iterable[Cell]) -> list[Cell]:
    """Give the cells; raises UsageError for more than a run may have, or a report can show."""
    found = list(islice(cells, MOST_CELLS + 1))
    if len(found) > MOST_CELLS:
        raise UsageError(
            f"these are more than {MOST_CELLS:,} measurements: name fewer strategies, sizes or "
            "meters, or lower --repeat"
        )
    rows = len({(cell.strategy, cell.workload) for cell in found})
    if rows > MOST_ROWS:
        raise UsageError(
            f"these are {rows:,} strategies at payrolls; a run has at most {MOST_ROWS:,}: name "
            "fewer strategies or sizes"
        )
    return found
