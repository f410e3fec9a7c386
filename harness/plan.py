"""The plan: which cells a run measures, in which order. Pure."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from harness import baselines, discovery, meters
from harness.bounds import MOST_CELLS, MOST_ROWS, AtLeastOne, Count
from harness.errors import UsageError
from harness.payroll import Payroll, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FLOOR = baselines.floor.__name__
"""The payroll as plain objects built directly in Python: what memory is a ratio to."""

REFERENCE = "full_orm"
"""The way the team does it today: what time, and "smaller", is a ratio to."""

CONTRACT = "contract"
"""The cell that checks a strategy's result, value by value, instead of metering it."""

EXPLANATION = "explanation"
"""The cell that splits a strategy's memory by layer instead of metering it."""


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


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to measure, in a fresh process.

    `cold`, if without any warm-up; `paused`, if with the garbage collector paused.
    """

    strategy: str
    meter: str
    entries: AtLeastOne
    components: Count
    profile: Profile
    repeat: Count = 0
    cold: bool = False
    paused: bool = False
    consume: Consume = Consume.HOLD

    @property
    def payroll(self) -> Payroll:
        """The payroll that the cell reads."""
        return Payroll(self.entries, self.components, self.profile)


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
        size = (payroll.entries, payroll.components, payroll.profile)
        first_call = payroll.entries <= COLD_UP_TO or len(payrolls) == 1
        for way in strategies:
            yield Cell(way, CONTRACT, *size, consume=consume)
        for meter in meter_names:
            yield from _metered(measured, payroll, meter, repeat, consume, first_call=first_call)


def of_own(
    targets: Sequence[str],
    items: int,
    meter_names: Sequence[str],
    repeat: int | None = None,
    consume: Consume = Consume.HOLD,
) -> Iterator[Cell]:
    """Give the meters' cells of the user's own functions, which read so many items."""
    for meter in meter_names:
        yield from _metered(targets, own_data(items), meter, repeat, consume)


def own_data(items: int) -> Payroll:
    """Give what stands for the data of the user's own functions: so many items."""
    return Payroll(max(1, items), 0, Profile.OWN)


def _metered(
    ways: Sequence[str],
    payroll: Payroll,
    meter: str,
    repeat: int | None,
    consume: Consume,
    *,
    first_call: bool = True,
) -> Iterator[Cell]:
    size = (payroll.entries, payroll.components, payroll.profile)
    if not getattr(discovery.load(meters, meter), "OF_FLOOR", True):
        ways = [way for way in ways if way != FLOOR]
    for cold, paused, repeats in _variants(meter, repeat, first_call=first_call):
        for nth in range(repeats):
            for way in ways:
                yield Cell(way, meter, *size, nth, cold, paused, consume)


def _variants(
    meter: str, repeat: int | None, *, first_call: bool
) -> Iterator[tuple[bool, bool, int]]:
    """Give (cold, paused, repeats) of each way that a meter measures a strategy."""
    module = discovery.load(meters, meter)
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
    size = (payroll.entries, payroll.components, payroll.profile)
    for what in (CONTRACT, EXPLANATION) if check else (EXPLANATION,):
        for way in strategies:
            if (way, what) != (FLOOR, CONTRACT):
                yield Cell(way, what, *size)


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
    rows = len({(cell.strategy, cell.payroll) for cell in found})
    if rows > MOST_ROWS:
        raise UsageError(
            f"these are {rows:,} strategies at payrolls; a run has at most {MOST_ROWS:,}: name "
            "fewer strategies or sizes"
        )
    return found
