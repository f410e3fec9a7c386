"""Queries read as Arrow tables, through ADBC: columns are held, no object is made for a row."""

from __future__ import annotations

from contextlib import closing
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from adbc_driver_postgresql import dbapi
from sqlalchemy import Numeric, QueuePool
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine, Select

ISOLATION = "adbc.connection.transaction.isolation_level"
ONE_SNAPSHOT = {ISOLATION: "adbc.connection.transaction.isolation.repeatable_read"}


def read(engine: Engine, *queries: Select[*tuple[Any, ...]]) -> list[pa.Table]:
    """Return a table for each query, all as of one moment."""
    with closing(pool(engine.url).connect()) as connection:
        return [_read(connection, query) for query in queries]


@cache
def pool(url: URL) -> QueuePool:
    """Return connections to that database: ADBC has its own, and one takes some 50 ms to make."""
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return QueuePool(partial(dbapi.connect, conninfo, conn_kwargs=ONE_SNAPSHOT))


def _read(connection: Any, query: Select[*tuple[Any, ...]]) -> pa.Table:
    with closing(connection.cursor()) as cursor:
        cursor.execute(str(query.compile(dialect=postgresql.dialect())))  # type: ignore[no-untyped-call]
        table = cursor.fetch_arrow_table()
    columns = zip(query.selected_columns, table.columns, strict=True)
    return pa.table({column.name: _typed(column.type, held) for column, held in columns})


def _typed(type_: Any, held: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column as the schema has it: ADBC gives an exact numeric as text."""
    if isinstance(type_, Numeric):
        return held.cast(pa.decimal128(type_.precision, type_.scale))
    return held.dictionary_encode() if held.type == pa.string() else held
