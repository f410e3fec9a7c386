"""Core columns streamed into slotted classes, equal values shared column by column.

Gains over `slotted`: a column that repeats few values holds few objects, whatever the driver,
and the collector is paused while the list grows. Which columns those are is found out while
reading: a column of a common type has a pool, and one that finds too little to share is given
up. Gives up: change tracking and lazy loading; equal values are the same object; a dict lookup
for each shared value.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import TypeDecorator

from strategies.support.gc_pause import paused_gc
from strategies.support.schema import READ_SNAPSHOT, SELECT_COMPONENTS, SELECT_ENTRIES
from strategies.support.slots import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import CursorResult, Engine, Select
    from sqlalchemy.types import TypeEngine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-mapping", "orm-identity", "contract-class", "gc-untouched"})

ROWS_A_ROUND_TRIP = 200
KEYS: dict[type, Callable[[Any], Any] | None] = {
    UUID: attrgetter("int"),
    Decimal: str,
    date: None,
    datetime: None,
    str: None,
}
"""The types that are shared, and what stands for a value whose own hash is slow: a UUID's is
Python, a Decimal's a division. Not those of a TypeDecorator: its values may be mutable, without a
hash, or equal and yet not the same, as 1.0 and 1.00 are. Enum members are one object each anyway.

An attribute of None is an error: a column with NULLs would need a UUID's `str`.
"""
EVIDENCE = 1000
"""Values of a column to see before judging whether sharing pays."""
BOUND = 1000
"""Values a pool holds before it starts again, empty: 2 insured persons an entry add up."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(iter_premiums_for_payroll(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator closes the cursors and ends the transaction."""
    of_payroll = {"payroll_id": payroll_id}
    streamed = engine.execution_options(**READ_SNAPSHOT, yield_per=ROWS_A_ROUND_TRIP)
    with (
        streamed.connect() as connection,
        connection.execute(SELECT_ENTRIES, of_payroll) as entry_rows,
        connection.execute(SELECT_COMPONENTS, of_payroll) as component_rows,
    ):
        yield from merged(
            _shared(entry_rows, SELECT_ENTRIES), _shared(component_rows, SELECT_COMPONENTS)
        )


def _shared(result: CursorResult[Any], query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Return the rows, equal values of a column as one object where that pays."""
    columns = [_Column(_kind(column.type)) for column in query.selected_columns]
    for rows in result.partitions():
        values = zip(*rows, strict=True)
        shared = (column.share(each) for column, each in zip(columns, values, strict=True))
        yield from zip(*shared, strict=True)


def _kind(type_: TypeEngine[Any]) -> type:
    """Return the type of a column's values; a TypeDecorator's may be anything."""
    return object if isinstance(type_, TypeDecorator) else type_.python_type


class _Column:
    """Shares equal values of one column, for as long as at least half of them repeat."""

    def __init__(self, kind: type) -> None:
        self._key = KEYS.get(kind)
        self._pool: dict[Any, Any] = {}
        self._seen = 0
        self._pays = kind in KEYS

    def share(self, values: Sequence[Any]) -> Sequence[Any]:
        if not self._pays:
            return values
        pool = self._pool
        keys = map(self._key, values) if self._key else values
        shared = list(map(pool.setdefault, keys, values))
        self._seen += len(shared)
        if self._seen >= EVIDENCE:
            self._pays = len(pool) <= self._seen // 2
            if len(pool) > BOUND or not self._pays:
                pool.clear()
                self._seen = 0
        return shared
