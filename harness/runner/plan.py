"""The plan: which cells a run measures, in which order. Pure."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec

from callmeter import meters
from callmeter.errors import UsageError
from callmeter.worker import CHECK, EXPLAIN
from harness.model.cell import FLOOR, REFERENCE, Cell, Consume, Workload, workload_of
from harness.model.fields import MOST_CELLS, MOST_ROWS
from harness.payroll import yardsticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.payroll.generator import Payroll

EXPLAINED_UP_TO = 10_000
"""Entries of the largest payroll that a comparison explains."""

COLD_UP_TO = 10_000
"""Entries of the largest payroll, of several, whose first call is measured too.

What a first call costs more is the same at any size.
"""


def of_comparison(
    strategies: Sequence[str],
    payrolls: Sequence[Payroll],
    meter_names: Sequence[str] | None = None,
    repeat: int | None = None,
    consume: Consume = Consume.HOLD,
    *,
    explain: bool = False,
) -> list[Cell]:
    """Return the cells of a comparison, by all meters unless some are named.

    Raises UsageError for too many, or for an explanation of what is not held.
    """
    if explain and consume is Consume.FOLD:
        raise UsageError("--explain is of lists: leave --consume fold")
    names = meters.names() if meter_names is None else list(dict.fromkeys(meter_names))
    found = cells(strategies, payrolls, names, repeat, consume)
    if explain:
        subjects = [FLOOR, *strategies]
        found = chain(found, explanations(subjects, to_explain(payrolls), check=False))
    return at_most_a_run(found)


def cells(
    strategies: Sequence[str],
    payrolls: Sequence[Payroll],
    meter_names: Sequence[str],
    repeat: int | None = None,
    consume: Consume = Consume.HOLD,
) -> Iterator[Cell]:
    """Yield every cell: for each payroll first the checks, then the meters' repeats.

    The yardsticks are always measured, as every ratio of memory is a ratio to one of them; the
    repeats of a meter are interleaved over the strategies, so that a slow moment of the machine
    does not fall on one of them alone.
    """
    measured = list(dict.fromkeys([*yardsticks.names_for(consume), *strategies]))
    checked = [name for name in strategies if name not in yardsticks.LABELS]
    for payroll in payrolls:
        workload = workload_of(payroll)
        first_call = payroll.entries <= COLD_UP_TO or len(payrolls) == 1
        for name in checked:
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
    """Yield the meters' cells of the user's functions; without a warm-up, of first calls only."""
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
    first_call: bool,
) -> Iterator[Cell]:
    if meter in yardsticks.NOT_OF_FLOOR:
        names = [name for name in names if name != FLOOR]
    for cold, paused, repeats in _variants(meter, repeat, first_call=first_call):
        for nth in range(repeats):
            for name in names:
                yield Cell(name, meter, workload, nth, cold, paused, consume)


def _variants(
    meter: str, repeat: int | None, *, first_call: bool
) -> Iterator[tuple[bool, bool, int]]:
    """Yield (cold, paused, repeats) of each variant of a call that the meter measures."""
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
    """Yield the cells that check, if that is not done yet, and then explain each strategy."""
    for task in (CHECK, EXPLAIN) if check else (EXPLAIN,):
        for name in strategies:
            if (name, task) != (FLOOR, CHECK):
                yield Cell(name, task, workload_of(payroll))


def explanations_of_functions(targets: Sequence[str], *, warm_up: bool = True) -> Iterator[Cell]:
    """Return the cells that explain the user's functions, which are checked before."""
    return (Cell(name, EXPLAIN, cold=not warm_up) for name in targets)


def to_explain(payrolls: Sequence[Payroll]) -> Payroll:
    """Return the payroll to explain of those measured: the largest that can be recorded in full.

    A recording has a line for every allocation; shares no longer change at such a size.
    """
    small = [payroll for payroll in payrolls if payroll.entries <= EXPLAINED_UP_TO]
    return max(small or payrolls[:1], key=lambda payroll: payroll.entries)


def with_reference(strategies: Iterable[str]) -> list[str]:
    """Return the strategies, each once, the reference first: ratios of times are to it."""
    return list(dict.fromkeys([REFERENCE, *strategies]))


def at_most_a_run(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells; raises UsageError for more than a run may have, or a report can show."""
    found = list(islice(cells, MOST_CELLS + 1))
    if len(found) > MOST_CELLS:
        raise UsageError(
            f"these are more than {MOST_CELLS:,} measurements: name fewer strategies, sizes or "
            "meters, or lower --repeat"
        )
    rows = len({(cell.name, cell.workload) for cell in found})
    if rows > MOST_ROWS:
        raise UsageError(
            f"these are {rows:,} strategies on payrolls; a run has at most {MOST_ROWS:,}: name "
            "fewer strategies or sizes"
        )
    return found
