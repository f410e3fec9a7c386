"""A cell: one call on one workload, to be measured once by one meter. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from harness.model.fields import AtLeastOne, Count
from harness.payroll.generator import Payroll, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOOR = "floor"
"""The payroll as plain objects built directly in Python: what memory is a ratio to."""

REFERENCE = "full_orm"
"""The strategy that the team uses today: what time, and "smaller", is a ratio to."""


class Consume(StrEnum):
    """What is done with the items: held in a list, or folded into a total and let go."""

    HOLD = "hold"
    FOLD = "fold"


class Workload(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a call works on: its size, what one of its items is called, its profile.

    Of a payroll, the size is its entries, of so many components. A function of the user's has no
    size that is known before it is called: it has as many items as it returns.
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

    `name` is a strategy's, a yardstick's or a target's; `meter` that of a meter, CHECK or EXPLAIN.
    `cold`, if without any warm-up; `paused`, if with the garbage collector paused.
    """

    name: str
    meter: str
    workload: Workload = Workload()
    repeat: Count = 0
    cold: bool = False
    paused: bool = False
    consume: Consume = Consume.HOLD


class Subject(msgspec.Struct, frozen=True):
    """What the cells of one summary agree on: a call, its workload, what is done with the items."""

    name: str
    workload: Workload
    consume: Consume


def subject_of(cell: Cell) -> Subject:
    """Return the subject that the cell measures."""
    return Subject(cell.name, cell.workload, cell.consume)


def plural(item: str, count: float = 2) -> str:
    """Return the word for so many of an item: `entries`, `1 item`'s `item`."""
    if count == 1:
        return item
    return "entries" if item == "entry" else f"{item}s"


def workloads(cells: Iterable[Cell]) -> list[Workload]:
    """Return the workloads of the cells, each once."""
    return list(dict.fromkeys(cell.workload for cell in cells))


def kind_of(workloads: Iterable[Workload]) -> str:
    """Return the word for what is measured on them: `strategy`, or `target` of the user's."""
    return "strategy" if all(workload.is_payroll for workload in workloads) else "target"
