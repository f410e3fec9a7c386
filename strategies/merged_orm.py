"""ORM entities of both tables from two streams merged on the key, equal values shared.

Gains over `full_orm`: the mapping and `to_domain` stay as they are, and one batch of entities is
alive beside the domain objects; one statement a table, the collector paused while the list grows,
one object for all equal values. Gives up: the entities are gone with their batch, so no change
tracking across the result; two server-side cursors at once. Touching `component.entry` would make
cycles that outlive the batch.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from strategies.support.gc_pause import paused_gc
from strategies.support.merging import merged
from strategies.support.schema import READ_SNAPSHOT, PremiumEntryRow
from strategies.support.shared_values import BOUND, values_shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-identity", "gc-untouched"})


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(_entries(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator closes the cursors and ends the transaction."""
    return _entries(engine, payroll_id, BOUND)


def _entries(engine: Engine, payroll_id: UUID, bound: int | None = None) -> Iterator[PremiumEntry]:
    """Yield the entries; the values of a result that is held need no bound."""
    of_payroll = select(PremiumEntryRow).where(PremiumEntryRow.payroll_id == payroll_id)
    with (
        engine.execution_options(**READ_SNAPSHOT).connect() as connection,
        values_shared(connection, bound),
        Session(connection) as session,
        closing(merged(session, of_payroll, PremiumEntryRow.components)) as rows,
    ):
        for row in rows:
            yield row.to_domain()
