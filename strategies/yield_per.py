"""ORM entities streamed in batches of 100 and let go as they are mapped.

Gains over `full_orm`: one line of change (`yield_per`) and a server-side cursor, so that only
one batch of rows and ORM instances is alive beside the domain objects. Gives up: the entities
are gone when their batch is, so no change tracking across the result, and one more statement
for each batch. Touching `component.entry` would make cycles that outlive the batch.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from strategies.support.schema import READ_SNAPSHOT, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-identity"})

BATCH = 100
"""Entries a batch: what is held at once besides the result grows with it."""

ENTRIES = (
    select(PremiumEntryRow)
    .options(selectinload(PremiumEntryRow.components))
    .order_by(PremiumEntryRow.id)
    .execution_options(yield_per=BATCH)
)


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, batch by batch."""
    return list(iter_premiums_for_payroll(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream ORM instances batch by batch, mapping each to its dataclass as it comes."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    with (
        Session(engine.execution_options(**READ_SNAPSHOT)) as session,
        closing(session.scalars(of_payroll)) as rows,
    ):
        for row in rows:
            yield row.to_domain()
