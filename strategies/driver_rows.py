"""psycopg rows streamed in chunks straight into slotted classes, equal values shared.

Gains over `slotted`: no SQLAlchemy row, no result on the client longer than a chunk (libpq's
chunked rows: no server-side cursor and its round trips either), one statement, and one object
for all equal values. Gives up: the ORM, SQLAlchemy's types and its other drivers, and change
tracking; equal values are the same object.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Enum, Select, bindparam, case, func, select
from sqlalchemy.dialects.postgresql.psycopg import dialect

from strategies.support.contract import PremiumComponent
from strategies.support.gc_pause import paused_gc
from strategies.support.schema import (
    SELECT_COMPONENTS,
    SELECT_ENTRIES,
    PremiumComponentRow,
    PremiumEntryRow,
)
from strategies.support.shared_values import values_shared
from strategies.support.slots import SlottedPremiumComponent, SlottedPremiumEntry

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from uuid import UUID

    from psycopg import Connection
    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "any-driver",
        "contract-class",
        "gc-untouched",
    }
)

ROWS_A_CHUNK = 50
"""Time is the same from 25 to 200; what is held beside the result is not."""
try:
    from psycopg import capabilities
except ImportError:  # psycopg 3.1
    CHUNKED: dict[str, Any] = {}
else:
    CHUNKED = {"size": ROWS_A_CHUNK} if capabilities.has_stream_chunked() else {}
"""Rows come in chunks from psycopg 3.2 with libpq 17 on; one by one, and slower, before."""
VALUES_A_POOL = 640
"""Most of what a folded stream holds; with fewer than its numerics repeat, time is lost too."""
_ENTRY, _COMPONENT = PremiumEntryRow.__table__.c, PremiumComponentRow.__table__.c

_ROWS = (
    select(
        *(column.label(f"entry_{column.name}") for column in SELECT_ENTRIES.selected_columns),
        *(column for column in SELECT_COMPONENTS.selected_columns if column.name != "entry_id"),
        _COMPONENT.position,
        func.lag(_ENTRY.id)
        .over(order_by=(_ENTRY.id, _COMPONENT.position))
        .is_distinct_from(_ENTRY.id)
        .label("starts_entry"),
    )
    .join_from(PremiumEntryRow, PremiumComponentRow, isouter=True)
    .where(_ENTRY.payroll_id == bindparam("payroll_id"))
    .subquery()
)

SELECT_PREMIUMS: Select[Any] = select(
    *(case((_ROWS.c.starts_entry, c)) for c in _ROWS.c if c.name.startswith("entry_")),
    *(_ROWS.c[field.name] for field in fields(PremiumComponent)),
).order_by(_ROWS.c.entry_id, _ROWS.c.position)
"""Entries and components in one statement, so one snapshot, and one result to stream.

A row is `PremiumEntry`'s arguments (but for `components`), then `PremiumComponent`'s. Only the
first row of an entry has the former, the others NULL: a join would repeat the entry's values for
every component. An entry without components has NULL for the latter.
"""

STATEMENT = str(SELECT_PREMIUMS.compile(dialect=dialect()))  # type: ignore[no-untyped-call]
ENTRY_VALUES = len(SELECT_ENTRIES.selected_columns)
ENUMS = [
    (index, {None: None, **{member.value: member for member in column.type.enum_class}})
    for index, column in enumerate(SELECT_PREMIUMS.selected_columns)
    if isinstance(column.type, Enum) and column.type.enum_class
]
"""Where the enums are in a row, and what their values stand for."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(iter_premiums_for_payroll(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator cancels the query and ends the transaction."""
    of_payroll = {"payroll_id": payroll_id}
    with closing(engine.raw_connection()) as pooled:
        driver = cast("Connection[Any]", pooled.driver_connection)
        with (
            values_shared(driver, VALUES_A_POOL),
            driver.cursor(row_factory=lambda _: list) as cursor,
        ):
            rows = cursor.stream(STATEMENT, of_payroll, **CHUNKED)
            with closing(cast("Generator[list[Any]]", rows)):
                yield from _premiums(rows)


def _premiums(rows: Iterator[list[Any]]) -> Iterator[PremiumEntry]:
    entry: Any = None
    for row in rows:
        for index, members in ENUMS:
            row[index] = members[row[index]]
        if row[0] is not None:
            if entry:
                yield entry
            entry = SlottedPremiumEntry(*row[:ENTRY_VALUES], components=[])
        if row[ENTRY_VALUES] is not None:
            entry.components.append(SlottedPremiumComponent(*row[ENTRY_VALUES:]))
    if entry:
        yield entry
