"""The plan: which cells a run measures, in which order. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness import discovery, meters
from harness.payroll import Payroll, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FLOOR = "floor"
"""The payroll as plain objects built directly in Python: what memory is a ratio to."""

REFERENCE = "full_orm"
"""The way the team does it today: what time, and "smaller", is a ratio to."""

CONTRACT = "contract"
"""The cell that checks a strategy's result, value by value, instead of metering it."""

EXPLANATION = "explanation"
"""The cell that splits a strategy's memory by layer instead of metering it."""

FIRST_CALL = ("tracemalloc", "clock")
"""The meters that also measure a first call, without any warm-up."""


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to measure, in a fresh process; `cold`, if without any warm-up."""

    strategy: str
    meter: str
    entries: int
    components: int
    profile: Profile
    repeat: int = 0
    cold: bool = False

    @property
    def payroll(self) -> Payroll:
        """The payroll that the cell reads."""
        return Payroll(self.entries, self.components, self.profile)


def cells(
    strategies: Sequence[str],
    payrolls: Sequence[Payroll],
    meter_names: Sequence[str],
    repeat: int | None = None,
) -> Iterator[Cell]:
    """Give every cell: for each payroll first the checks, then the meters' repeats.

    The floor and the reference are always measured, as every ratio is a ratio to one of them;
    the repeats of a meter are interleaved over the strategies, so that a slow moment of the
    machine does not fall on one of them alone.
    """
    ways = list(dict.fromkeys([REFERENCE, *strategies]))
    for payroll in payrolls:
        size = (payroll.entries, payroll.components, payroll.profile)
        for way in ways:
            yield Cell(way, CONTRACT, *size)
        for meter in meter_names:
            if meter in FIRST_CALL:
                for way in (FLOOR, *ways):
                    yield Cell(way, meter, *size, cold=True)
            for nth in range(repeat or discovery.load(meters, meter).REPEATS):
                for way in (FLOOR, *ways):
                    yield Cell(way, meter, *size, nth)


def explanations(strategies: Sequence[str], payroll: Payroll) -> Iterator[Cell]:
    """Give the cells that check and then explain each strategy."""
    size = (payroll.entries, payroll.components, payroll.profile)
    for what in (CONTRACT, EXPLANATION):
        for way in strategies:
            if (way, what) != (FLOOR, CONTRACT):
                yield Cell(way, what, *size)
