"""What the strategies are compared with: a floor, two yardsticks and a trap.

None of them meets the contract, so none is checked, ranked or recommended. Their functions are in
`harness.payroll.yardstick_reads`; a plan needs their names only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from harness.payroll import catalog, loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from harness.payroll.generator import Payroll

LABELS = {
    "floor": "The same payroll as plain objects, no database",
    "raw_tuples": "Yardstick: the driver's own fetchall() of both queries, no objects",
    "drained_arrow": (
        "Yardstick: ADBC's Arrow batches of both queries, read and let go, nothing made"
    ),
    "unstreamed_core": (
        "Trap: Core rows taken one by one from a client-side cursor, all of them in libpq"
    ),
}
"""The label of each, by name."""

NOT_OF_FLOOR = ("clock", "imports")
"""Meters that say nothing of the floor: its time is that of generating the values."""

NEEDS = {"drained_arrow": "strategies.support.adbc"}
"""Modules that are imported before a call, and not amid its first one: some need an extra."""


def names_for(consume: str) -> list[str]:
    """Return the names of those for lists (`hold`) or for streams (`fold`)."""
    if consume == "fold":
        return ["unstreamed_core"]
    return ["floor", "raw_tuples", "drained_arrow"]


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
