"""The ways: each a function of an engine and a payroll's entries, which writes them all.

Each writes entries and components, whose keys the objects have already, in one transaction that it
commits. The tables have their indexes and the foreign key between them, as in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, Table, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from examples.writing.values import (
    COMPONENT_COLUMNS,
    ENTRY_COLUMNS,
    component_columns,
    component_rows,
    component_values,
    entry_columns,
    entry_row,
    entry_values,
    instance,
)
from strategies.support.schema import Base, PremiumComponentRow, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from strategies.support.contract import PremiumEntry

    Premiums = Sequence[PremiumEntry]

BATCH = 250
"""Entries of a batch."""
ENTRY, COMPONENT = (Base.metadata.tables[f"premium_{name}"] for name in ("entry", "component"))
COPY_ENTRIES = f"COPY premium_entry ({', '.join(ENTRY_COLUMNS)}) FROM STDIN"
COPY_COMPONENTS = f"COPY premium_component ({', '.join(COMPONENT_COLUMNS)}) FROM STDIN"
BINARY = " WITH (FORMAT BINARY)"
ENTRY_TYPES = [*["uuid"] * 5, "date", "date", "text", "text", "timestamptz"]
COMPONENT_TYPES = [
    *("uuid", "int4", "uuid", "uuid", "uuid", "uuid", "text", "text"),
    *("numeric", "numeric", "numeric", "date", "date"),
]
"""The types of the columns in binary form, where the server converts nothing; an enum's is text."""


def add_all(engine: Engine, premiums: Premiums) -> None:
    """Add an ORM instance of every entry, with its components', and flush them together."""
    with Session(engine) as session, session.begin():
        session.add_all([instance(entry) for entry in premiums])


def add_batches(engine: Engine, premiums: Premiums) -> None:
    """Do the same in batches, each let go when it is flushed."""
    with Session(engine) as session, session.begin():
        for batch in _batches(premiums):
            session.add_all([instance(entry) for entry in batch])
            session.flush()
            session.expunge_all()


def orm_insert(engine: Engine, premiums: Premiums) -> None:
    """Insert dicts by the ORM, which makes no instances of them."""
    with Session(engine) as session, session.begin():
        _execute(session, insert(PremiumEntryRow), [*map(entry_values, premiums)])
        _execute(session, insert(PremiumComponentRow), component_values(premiums))


def core_insert(engine: Engine, premiums: Premiums) -> None:
    """Insert dicts by Core: psycopg sends a prepared statement a row, many at a time."""
    with engine.begin() as connection:
        _execute(connection, insert(ENTRY), [*map(entry_values, premiums)])
        _execute(connection, insert(COMPONENT), component_values(premiums))


def core_batches(engine: Engine, premiums: Premiums) -> None:
    """Do the same in batches, for each of which the dicts are made anew."""
    with engine.begin() as connection:
        for batch in _batches(premiums):
            _execute(connection, insert(ENTRY), [*map(entry_values, batch)])
            _execute(connection, insert(COMPONENT), component_values(batch))


def core_returning(engine: Engine, premiums: Premiums) -> None:
    """Insert and return the keys, as if the server made them: many rows are sent a statement.

    That is SQLAlchemy's `insertmanyvalues`, used with psycopg 3 where something is returned.
    """
    with engine.begin() as connection:
        entries = insert(ENTRY).returning(ENTRY.c.id)
        _execute(connection, entries, [*map(entry_values, premiums)])
        components = insert(COMPONENT).returning(COMPONENT.c.id)
        _execute(connection, components, component_values(premiums))


def unnest(engine: Engine, premiums: Premiums) -> None:
    """Send a table's rows as one array a column, in one statement."""
    with engine.begin() as connection:
        connection.execute(_from_arrays(ENTRY), entry_columns(premiums))
        connection.execute(_from_arrays(COMPONENT), component_columns(premiums))


def copy(engine: Engine, premiums: Premiums) -> None:
    """Send row after row by COPY, through psycopg's cursor."""
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(COPY_ENTRIES) as rows:
            for entry in premiums:
                rows.write_row(entry_row(entry))
        with cursor.copy(COPY_COMPONENTS) as rows:
            for row in component_rows(premiums):
                rows.write_row(row)


def copy_binary(engine: Engine, premiums: Premiums) -> None:
    """Do the same in binary form, for which psycopg must know the columns' types."""
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(COPY_ENTRIES + BINARY) as rows:
            rows.set_types(ENTRY_TYPES)
            for entry in premiums:
                rows.write_row(entry_row(entry))
        with cursor.copy(COPY_COMPONENTS + BINARY) as rows:
            rows.set_types(COMPONENT_TYPES)
            for row in component_rows(premiums):
                rows.write_row(row)


def _batches(premiums: Premiums) -> Iterator[Premiums]:
    return (premiums[start : start + BATCH] for start in range(0, len(premiums), BATCH))


def _execute(into: Connection | Session, statement: Insert, rows: list[dict[str, Any]]) -> None:
    """Insert the rows; of no rows at all SQLAlchemy would insert one of defaults."""
    if rows:
        into.execute(statement, rows)


def _from_arrays(table: Table) -> Insert:
    """Return the INSERT of rows that come as an array a column."""
    names = table.columns.keys()
    arrays = [bindparam(column.key, type_=ARRAY(column.type)) for column in table.columns]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    return insert(table).from_select(names, select(rows))
