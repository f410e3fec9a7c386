"""A cell: one call on one workload, to be measured once by one meter. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from harness.model.fields import AtLeastOne, AtOnce, Count, Repetition
from harness.payroll import generator
from harness.payroll.generator import Payroll, Profile
from harness.payroll.use import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOOR = "floor"
"""The payroll as plain objects built directly in Python: what memory is a ratio to."""

REFERENCE = "full_orm"
"""The strategy that the team uses today: what time, and "smaller", is a ratio to."""


class Consume(StrEnum):
    """What is done with the items: held in a list, or read one by one and let go."""

    HOLD = "hold"
    FOLD = "fold"


class Collector(StrEnum):
    """The state of Python's cyclic garbage collector in a call, after the warm-up.

    PAUSED is `gc.disable()`; RELAXED, `gc.set_threshold(50_000, 20, 100)`; FROZEN, `gc.freeze()`.
    """

    DEFAULT = "default"
    PAUSED = "paused"
    RELAXED = "relaxed"
    FROZEN = "frozen"


class Workload(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a call works on: its size, what one of its items is called, its profile.

    Of a payroll, the size is its entries, of so many components; `repetition` is how many times
    larger its pools of values are. A function of the user's has no size that is known before it is
    called: it has as many items as it returns. `at_once` is how many calls are made together, each
    on a payroll like it.
    """

    size: AtLeastOne | None = None
    item: str = "item"
    components: Count = 0
    profile: Profile | None = None
    repetition: Repetition = 1
    at_once: AtOnce = 1

    def __post_init__(self) -> None:
        """Raise ValueError for half a payroll, and for larger pools where nothing has one."""
        if (self.size is None) != (self.profile is None):
            raise ValueError("a payroll has a size and a profile; anything else has neither")
        if (self.item == "entry") != self.is_payroll:
            raise ValueError("a payroll's items are entries, and nothing else's are")
        if self.repetition != 1 and self.profile is not Profile.REALISTIC:
            raise ValueError(f"only the profile {Profile.REALISTIC} has pools of values")

    @property
    def payroll(self) -> Payroll:
        """The payroll that is read; raises ValueError if it is none."""
        if self.size is None or self.profile is None:
            raise ValueError("not a payroll")
        return Payroll(self.size, self.components, self.profile, repetition=self.repetition)

    @property
    def payrolls(self) -> list[Payroll]:
        """The payrolls that calls at once read, one each; raises ValueError if it is none."""
        return generator.alike(self.payroll, self.at_once)

    @property
    def is_payroll(self) -> bool:
        """Whether it is a payroll, and not what a function of the user's reads."""
        return self.profile is not None


def workload_of(payroll: Payroll, at_once: int = 1) -> Workload:
    """Return the workload that the payroll is, read by so many calls at once."""
    return Workload(
        payroll.entries,
        "entry",
        payroll.components,
        payroll.profile,
        payroll.repetition,
        at_once,
    )


def how_values_repeat(profile: str | None, repetition: int) -> str:
    """Return it in words: `profile realistic, pools 5x`."""
    pools = f", pools {repetition:,}x" if repetition != 1 else ""
    return f"profile {profile}{pools}"


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to measure, in a fresh process.

    `name` is a strategy's, a yardstick's or a target's; `meter` that of a meter, CHECK or EXPLAIN.
    `cold`, if without any warm-up; `collector` is the state of the garbage collector in the call;
    `part`, what of the call is measured; `calls`, how many are made one after the other, by a meter
    of many calls.
    """

    name: str
    meter: str
    workload: Workload = Workload()
    repeat: Count = 0
    cold: bool = False
    collector: Collector = Collector.DEFAULT
    consume: Consume = Consume.HOLD
    part: Part = Part.WHOLE
    calls: Count = 0

    @property
    def is_usual(self) -> bool:
        """Whether it is of the call that is asked about, and no variant of it."""
        return not self.cold and self.part is Part.WHOLE and self.collector is Collector.DEFAULT


class Subject(msgspec.Struct, frozen=True):
    """What the cells of one summary agree on: a call, its workload, what is done with the items."""

    name: str
    workload: Workload
    consume: Consume


def subject_of(cell: Cell) -> Subject:
    """Return the subject that the cell measures."""
    return Subject(cell.name, cell.workload, cell.consume)


def plural(item: str, count: float = 2) -> str:
    """Return the word for so many of an item: `entry`, `entries`, `items`."""
    if count == 1:
        return item
    return "entries" if item == "entry" else f"{item}s"


def workloads(cells: Iterable[Cell]) -> list[Workload]:
    """Return the workloads of the cells, each once."""
    return list(dict.fromkeys(cell.workload for cell in cells))


def kind_of(workloads: Iterable[Workload]) -> str:
    """Return the word for what is measured on them: `strategy`, or `target` of the user's."""
    return "strategy" if all(workload.is_payroll for workload in workloads) else "target"
