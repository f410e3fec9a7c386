"""asyncpg's records of both queries, made into slotted classes as they come.

Gains over `slotted`: no SQLAlchemy between the driver and the objects; values in PostgreSQL's
binary format, UUIDs of asyncpg's own class, made in C; other requests are served while the server
works. Gives up: the ORM, SQLAlchemy's types and its other drivers, and it cannot be called without
an event loop.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Enum, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES
from strategies.support.slots import SlottedPremiumComponent, SlottedPremiumEntry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from uuid import UUID

    from asyncpg import Connection, Record
    from sqlalchemy.ext.asyncio import AsyncEngine

    from strategies.support.contract import PremiumEntry

DRIVER = "asyncpg"
GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "any-driver",
        "synchronous",
        "contract-class",
        "no-extra-packages",
    }
)

ROWS_A_ROUND_TRIP = 200

Members = list[tuple[int, dict[str, enum.Enum]]]
"""The enums among a query's columns: where each is, and what its values stand for."""


def _members(query: Select[Any]) -> Members:
    types = ((index, column.type) for index, column in enumerate(query.selected_columns))
    return [
        (index, {member.value: member for member in type_.enum_class})
        for index, type_ in types
        if isinstance(type_, Enum) and type_.enum_class
    ]


ENTRIES, COMPONENTS = (
    str(query.compile(dialect=dialect()))  # type: ignore[no-untyped-call]
    for query in (SELECT_ENTRIES, SELECT_COMPONENTS)
)
ENTRY_ENUMS, COMPONENT_ENUMS = _members(SELECT_ENTRIES), _members(SELECT_COMPONENTS)


async def get_premiums_for_payroll(engine: AsyncEngine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll from both cursors."""
    return [entry async for entry in iter_premiums_for_payroll(engine, payroll_id)]


async def iter_premiums_for_payroll(
    engine: AsyncEngine, payroll_id: UUID
) -> AsyncGenerator[PremiumEntry]:
    """Stream both queries side by side in one transaction, merging them on the entry's id."""
    async with engine.connect() as pooled:
        connection = cast("Connection", (await pooled.get_raw_connection()).driver_connection)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            entries, components = (
                aiter(connection.cursor(statement, payroll_id, prefetch=ROWS_A_ROUND_TRIP))
                for statement in (ENTRIES, COMPONENTS)
            )
            component = await anext(components, None)
            async for entry in entries:
                of_entry = []
                while component and component[0] == entry[0]:
                    _, *values = _with_members(component, COMPONENT_ENUMS)
                    of_entry.append(SlottedPremiumComponent(*values))
                    component = await anext(components, None)
                yield SlottedPremiumEntry(*_with_members(entry, ENTRY_ENUMS), of_entry)


def _with_members(row: Record, enums: Members) -> list[Any]:
    values = list(row)
    for index, members in enums:
        values[index] = members[values[index]]
    return values
