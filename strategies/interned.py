"""Core columns streamed into slotted classes, equal values shared column by column.

Gains over `slotted`: a column that repeats few values holds few objects, whatever the driver,
and the collector is paused while the list grows. Which columns those are is found out while
reading: a column of a common type has a pool, and one that finds too little to share is given
up. Gives up: change tracking and lazy loading; equal values are the same object; a dict lookup
for each shared value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strategies.support.gc_pause import paused_gc
from strategies.support.interning import Interned
from strategies.support.schema import READ_SNAPSHOT, SELECT_COMPONENTS, SELECT_ENTRIES
from strategies.support.slots import merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import CursorResult, Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-mapping", "orm-identity", "contract-class", "gc-untouched"})

ROWS_A_ROUND_TRIP = 100
"""Fewer than in `slotted`: they are held three times, as rows, as columns, and as rows again."""
BOUND = 1024
"""Values a generation of a stream's pool, of which there are two: as many as ten round trips bring,
beside which a pool is little. What comes again later is made again, and was dropped by then."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(_entries(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator closes the cursors and ends the transaction."""
    return _entries(engine, payroll_id, BOUND)


def _entries(engine: Engine, payroll_id: UUID, bound: int | None = None) -> Iterator[PremiumEntry]:
    """Yield the entries; the values of a result that is held need no bound."""
    of_payroll = {"payroll_id": payroll_id}
    streamed = engine.execution_options(**READ_SNAPSHOT, yield_per=ROWS_A_ROUND_TRIP)
    with (
        streamed.connect() as connection,
        connection.execute(SELECT_ENTRIES, of_payroll) as entry_rows,
        connection.execute(SELECT_COMPONENTS, of_payroll) as component_rows,
    ):
        yield from merged(_shared(entry_rows, bound), _shared(component_rows, bound))


def _shared(result: CursorResult[Any], bound: int | None) -> Iterator[tuple[Any, ...]]:
    """Return the rows, equal values of a column as one object where that pays."""
    pools = [Interned(bound) for _ in range(len(result.keys()))]
    for rows in result.partitions():
        columns = zip(*rows, strict=True)
        shared = (pool.values(column) for pool, column in zip(pools, columns, strict=True))
        yield from zip(*shared, strict=True)
