"""One read through the ORM, in batches, with each driver: plain, or with equal values shared.

A function for the harness: `examples.drivers.reads:read('psycopg2', 'engine')`. Each is measured in
a process of its own, which connects with DATABASE_URL and reads the payroll PAYROLL_ID.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from harness.payroll.drivers import ASYNC, SYNC, make_engine
from strategies.support.schema import PremiumComponentRow, PremiumEntryRow
from strategies.support.shared_type import shared
from strategies.support.shared_values import share_values
from strategies.yield_per import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from strategies.support.contract import PremiumEntry

    Entries = list[PremiumEntry]

ASYNCPG = ASYNC[0]
DRIVERS = (*SYNC, ASYNCPG)
PLAIN, ENGINE, TYPE = "plain", "engine", "type"
"""Nothing is shared; `share_values(engine)` was called; the columns' types share."""


def read(driver: str, sharing: str = PLAIN) -> Entries | Awaitable[Entries]:
    """Return the payroll's entries; to be awaited, of an async driver."""
    if sharing == TYPE:
        _share_in_types()
    engine = _engine(driver, sharing == ENGINE)
    return _read_async(engine) if driver == ASYNCPG else _read(Session(engine))


def _read(session: Session) -> Entries:
    rows = ENTRIES.where(PremiumEntryRow.payroll_id == UUID(os.environ["PAYROLL_ID"]))
    with session:
        return [row.to_domain() for row in session.scalars(rows)]


async def _read_async(engine: Any) -> Entries:
    async with AsyncSession(engine) as session:
        return await session.run_sync(_read)


@cache
def _engine(driver: str, shares: bool) -> Any:
    url = make_url(os.environ["DATABASE_URL"])
    engine = make_engine(url, driver, is_async=driver == ASYNCPG)
    if shares:
        share_values(engine)
    return engine


@cache
def _share_in_types() -> None:
    """Make the types of all columns share, as one line in a declarative base would from the start.

    What is refused, such as an enum's, stays as it is.
    """
    for row in (PremiumEntryRow, PremiumComponentRow):
        for column in row.__table__.columns:
            try:
                column.type = shared(column.type)
            except (ValueError, NotImplementedError):
                continue
