"""What the strategies are compared with: a floor, three yardsticks and a trap.

None of them meets the contract, so none is ranked or recommended. Their functions are in
`harness.payroll.yardstick_reads`, which a plan does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.payroll import catalog, loading, use
from harness.payroll.use import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from harness.payroll.generator import Payroll


class Yardstick(NamedTuple):
    """What is measured beside strategies: beside lists or, if it `streams`, beside streams.

    `parts` are what is measured of a call: what loads nothing has nothing to read, and no entries
    no sum. `read` reads a result, or an item of a stream, to its end. The result of one that
    `is_checked` is the sums of the payroll. `not_by` are meters that say nothing of it. `needs` is
    a module to import before a call, and not amid its first one; it may need an extra. `prepare` is
    the name of a function of a payroll: it makes what the yardstick holds that does not count.
    """

    label: str
    parts: tuple[Part, ...] = (Part.WHOLE,)
    read: Callable[[Any], None] = use.ignore
    streams: bool = False
    is_checked: bool = False
    not_by: tuple[str, ...] = ()
    needs: str = ""
    prepare: str = ""


YARDSTICKS = {
    "floor": Yardstick(
        "The same payroll as plain objects, no database",  # to load and to read it: the same memory
        read=use.read_entries,
        not_by=("clock", "imports"),  # its time is that of generating the values
        prepare="pools_of_floor",  # a pooled value counts, once it is made; the pools do not
    ),
    "raw_tuples": Yardstick(
        "Yardstick: the driver's own fetchall() of both queries, no objects",
        (Part.WHOLE, Part.LOAD),
        use.read_tables,
    ),
    "drained_arrow": Yardstick(
        "Yardstick: ADBC's Arrow batches of both queries, read and let go, nothing made",
        needs="strategies.support.adbc",
    ),
    "sum_in_sql": Yardstick(
        "Yardstick: the sum by kind in SQL, nothing loaded",
        is_checked=True,
    ),
    "unstreamed_core": Yardstick(
        "Trap: Core rows taken one by one from a client-side cursor, all of them in libpq",
        (Part.WHOLE, Part.LOAD),
        use.exhaust,
        streams=True,
    ),
}
"""Each by the name of its function."""


def names_for(consume: str) -> list[str]:
    """Return the names of those for lists (`hold`) or for streams (`fold`)."""
    return [name for name, one in YARDSTICKS.items() if one.streams == (consume == "fold")]


def parts_of(name: str, consume: str) -> tuple[Part, ...]:
    """Return the parts of a call that are measured of the strategy or yardstick of that name.

    Of a stream that is folded nothing is left to add up.
    """
    if name in YARDSTICKS:
        return YARDSTICKS[name].parts
    return (Part.WHOLE, Part.LOAD) if consume == "fold" else tuple(Part)


def is_checked(name: str) -> bool:
    """Whether it is a yardstick whose result is checked: the sums of the payroll."""
    return name in YARDSTICKS and YARDSTICKS[name].is_checked


def reader_of_result(name: str) -> Callable[[Any], None]:
    """Return what reads a result of the strategy or yardstick of that name."""
    return YARDSTICKS[name].read if name in YARDSTICKS else use.read_entries


def reader_of_item(name: str) -> Callable[[Any], None]:
    """Return what reads an item of its stream."""
    return YARDSTICKS[name].read if name in YARDSTICKS else use.read_entry


def prepare(name: str, payroll: Payroll) -> None:
    """Make, before anything is measured, what a yardstick needs to have and is not the payroll."""
    if name in YARDSTICKS and (function := YARDSTICKS[name].prepare):
        _function(function)(payroll)


def load(name: str) -> Callable[[Engine, Payroll], Any]:
    """Return the function of that name, what it needs imported.

    Raises MissingPackageError where that is not installed.
    """
    if needed := YARDSTICKS[name].needs:
        with loading.importing(name):
            import_module(needed)
    return _function(name)


def missing(name: str) -> str | None:
    """Return the extra that brings what the yardstick needs, None if it is installed."""
    module = YARDSTICKS[name].needs.partition(".")[2]
    return catalog.missing_extra(module) if module else None


def _function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module("harness.payroll.yardstick_reads"), name)
    return found
