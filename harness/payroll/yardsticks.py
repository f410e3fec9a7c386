"""What the strategies are compared with: a floor, two yardsticks and a trap.

None of them meets the contract, so none is checked, ranked or recommended. Each takes
(engine, payroll); the first line of its docstring is its label.
"""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.psycopg import dialect

import strategies
from harness.payroll.generator import Payroll, entries
from strategies.schema import SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from strategies.contract import PremiumEntry

STATEMENTS = [
    str(query.compile(dialect=dialect()))  # type: ignore[no-untyped-call]
    for query in (SELECT_ENTRIES, SELECT_COMPONENTS)
]


def floor(_: Engine, payroll: Payroll) -> list[PremiumEntry]:
    """The same payroll as plain objects, no database."""  # noqa: D401
    return list(entries(payroll))


def raw_tuples(engine: Engine, payroll: Payroll) -> list[list[tuple[Any, ...]]]:
    """Yardstick: the driver's own fetchall() of both queries, no objects."""
    with closing(engine.raw_connection()) as pooled:
        cursor = pooled.cursor()
        of_payroll = {"payroll_id": payroll.id}
        return [cursor.execute(each, of_payroll).fetchall() for each in STATEMENTS]


def drained_arrow(engine: Engine, payroll: Payroll) -> int:
    """Yardstick: ADBC's Arrow batches of both queries, read and let go, nothing made."""
    from strategies.adbc import premium_batches  # only here: it loads pyarrow

    with premium_batches(engine, payroll.id) as queries:
        return sum(batch.num_rows for batches in queries for batch in batches)


NEEDS = {drained_arrow.__name__: "strategies.adbc"}
"""Modules that are imported before a call, and not amid its first one: some need an extra."""


def unstreamed_core(engine: Engine, payroll: Payroll) -> Iterator[Any]:
    """Trap: Core rows taken one by one from a client-side cursor, all of them in libpq."""
    with engine.connect() as connection:
        for query in (SELECT_ENTRIES, SELECT_COMPONENTS):
            yield from connection.execute(query, {"payroll_id": payroll.id})


ALL: dict[str, Callable[[Engine, Payroll], Any]] = {
    each.__name__: each for each in (floor, raw_tuples, drained_arrow, unstreamed_core)
}
NOT_OF_FLOOR = ("clock", "imports")
"""Meters that say nothing of the floor: its time is that of generating the values."""
LABELS = {name: str(each.__doc__).rstrip(".") for name, each in ALL.items()}


def load(name: str) -> Callable[[Engine, Payroll], Any]:
    """Return the baseline of that name, what it needs imported.

    Raises MissingPackageError where that is not installed.
    """
    if name in NEEDS:
        with strategies.importing(name):
            import_module(NEEDS[name])
    return ALL[name]


def missing(name: str) -> str | None:
    """Return the extra that brings what the baseline needs, None if it is installed."""
    module = NEEDS.get(name, "").rpartition(".")[2]
    return strategies.missing_extra(module) if module else None


def of(consume: str) -> list[str]:
    """Give the names of the baselines for lists (`hold`) or for streams (`fold`)."""
    if consume == "fold":
        return [unstreamed_core.__name__]
    return [floor.__name__, raw_tuples.__name__, drained_arrow.__name__]
