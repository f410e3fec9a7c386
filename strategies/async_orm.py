"""ORM entities of an AsyncSession on asyncpg, selectinload, mapped to dataclasses.

`full_orm` as an async application has it. Gains: other requests are served while the server works.
Gives up: it cannot be called without an event loop, and mapping does not yield to it. asyncpg's
UUIDs are a class of its own, made in C: smaller and quicker made than the standard library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from strategies.support.schema import READ_SNAPSHOT, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncEngine

    from strategies.support.contract import PremiumEntry

DRIVER = "asyncpg"
GIVES_UP = frozenset({"synchronous", "no-extra-packages"})

BATCH = 100
"""Entries a batch of the stream, as in `yield_per`."""

ENTRIES = (
    select(PremiumEntryRow)
    .options(selectinload(PremiumEntryRow.components))
    .order_by(PremiumEntryRow.id)
)


async def get_premiums_for_payroll(engine: AsyncEngine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load every entry as an ORM instance, then map each to its dataclass."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    async with AsyncSession(engine.execution_options(**READ_SNAPSHOT)) as session:
        rows = (await session.scalars(of_payroll)).all()
        return [row.to_domain() for row in rows]


async def iter_premiums_for_payroll(
    engine: AsyncEngine, payroll_id: UUID
) -> AsyncGenerator[PremiumEntry]:
    """Stream ORM instances batch by batch, mapping each to its dataclass as it comes."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    batches = of_payroll.execution_options(yield_per=BATCH)
    async with AsyncSession(engine.execution_options(**READ_SNAPSHOT)) as session:
        rows = await session.stream_scalars(batches)
        try:
            async for row in rows:
                yield row.to_domain()
        finally:
            await rows.close()
