"""What the strategies are compared with: a floor, three yardsticks and a trap.

None of them meets the contract, so none is ranked or recommended. Their functions are in
`harness.payroll.yardstick_reads`; a plan needs their names only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from harness.payroll import catalog, loading
from harness.payroll.use import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from harness.payroll.generator import Payroll

FLOOR, SUM_IN_SQL = "floor", "sum_in_sql"
LABELS = {
    FLOOR: "The same payroll as plain objects, no database",
    "raw_tuples": "Yardstick: the driver's own fetchall() of both queries, no objects",
    "drained_arrow": (
        "Yardstick: ADBC's Arrow batches of both queries, read and let go, nothing made"
    ),
    SUM_IN_SQL: "Yardstick: the sum by kind in SQL, nothing loaded",
    "unstreamed_core": (
        "Trap: Core rows taken one by one from a client-side cursor, all of them in libpq"
    ),
}
"""The label of each, by name."""

CHECKED = (SUM_IN_SQL,)
"""Those whose result is checked: it is the payroll's sums."""

PARTS = {
    FLOOR: (Part.WHOLE,),  # loading plain objects and reading them is the same memory
    "raw_tuples": (Part.WHOLE, Part.LOAD),
    "drained_arrow": (Part.WHOLE,),
    SUM_IN_SQL: (Part.WHOLE,),
    "unstreamed_core": (Part.WHOLE, Part.LOAD),
}
"""What is measured of each; what loads nothing has nothing to read, and no entries no sum."""

NOT_OF_FLOOR = ("clock", "imports")
"""Meters that say nothing of the floor: its time is that of generating the values."""

NEEDS = {"drained_arrow": "strategies.support.adbc"}
"""Modules that are imported before a call, and not amid its first one: some need an extra."""


def names_for(consume: str) -> list[str]:
    """Return the names of those for lists (`hold`) or for streams (`fold`)."""
    if consume == "fold":
        return ["unstreamed_core"]
    return [FLOOR, "raw_tuples", "drained_arrow", SUM_IN_SQL]


def parts_of(name: str, consume: str) -> tuple[Part, ...]:
    """Return the parts of a call that are measured of the strategy or yardstick of that name.

    Of a stream that is folded nothing is left to add up.
    """
    return PARTS.get(name, (Part.WHOLE, Part.LOAD) if consume == "fold" else tuple(Part))


def prepare(name: str, payroll: Payroll) -> None:
    """Make what a yardstick needs to have and is not the payroll, before anything is measured.

    That is, of the floor, tables of what is drawn from pools: a value counts, once it is made.
    """
    if name == FLOOR:
        import_module("harness.payroll.yardstick_reads").pools_of_floor(payroll)


def load(name: str) -> Callable[[Engine, Payroll], Any]:
    """Return the function of that name, what it needs imported.

    Raises MissingPackageError where that is not installed.
    """
    if name in NEEDS:
        with loading.importing(name):
            import_module(NEEDS[name])
    read: Callable[[Engine, Payroll], Any]
    read = getattr(import_module("harness.payroll.yardstick_reads"), name)
    return read


def missing(name: str) -> str | None:
    """Return the extra that brings what the yardstick needs, None if it is installed."""
    module = NEEDS.get(name, "").partition(".")[2]
    return catalog.missing_extra(module) if module else None
