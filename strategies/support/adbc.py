"""The contract's two queries as Arrow record batches, read by ADBC from an engine's database.

Needs `adbc-driver-postgresql` and `pyarrow`. ADBC has connections of its own, made from the
engine's URL: what the engine was given beside it (`connect_args`, events) is not theirs. Making
one reads the whole type catalogue (~50 ms), so they are pooled, as SQLAlchemy pools its own; the
pool is the Engine object's, so keep one, and do not make another with `execution_options` a call.

A read holds two of them. Behind PgBouncer in transaction mode that is two server connections: its
pool needs one more than there are processes that read, or each may hold one and wait for another.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from ctypes import py_object, pythonapi
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary, finalize

import psycopg
import pyarrow as pa
from adbc_driver_postgresql import StatementOptions, dbapi
from psycopg.conninfo import make_conninfo
from psycopg.pq import Format
from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Enum,
    Numeric,
    QueuePool,
    Select,
    Uuid,
    cast,
    event,
    literal_column,
)
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DisconnectionError

from strategies.support.compact_column import Kind
from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Engine

    Batches = Iterator[pa.RecordBatch]

BATCH_BYTES = 256 * 1024
"""ADBC's own 16 MB would put a payroll's whole result into memory at once."""

EXACT = Context(prec=100)
UNIX_TIME = datetime(1970, 1, 1, tzinfo=UTC)
UNIX_DAY = UNIX_TIME.toordinal()
_UUID_OID = psycopg.adapters.types["uuid"].oid
_uuid_loader = psycopg.adapters.get_loader(_UUID_OID, Format.BINARY)(_UUID_OID)  # type: ignore[misc]

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def _scaled(query: Select[Any]) -> str:
    """Write the query with exact numerics as integers: ADBC would give them as strings."""
    columns: list[Any] = list(query.selected_columns)
    for nth, column in enumerate(columns):
        if isinstance(column.type, Numeric):
            units = column * literal_column(str(10 ** (column.type.scale or 0)))
            columns[nth] = cast(units, BigInteger).label(column.name)
    query = query.with_only_columns(*columns, maintain_column_froms=True)
    return str(query.compile(dialect=dialect()))  # type: ignore[no-untyped-call]


ENTRIES = _scaled(SELECT_ENTRIES)
COMPONENTS = _scaled(SELECT_COMPONENTS)

_POOLS: WeakKeyDictionary[Engine, QueuePool] = WeakKeyDictionary()
_LOCK = Lock()


def _forked() -> None:
    """Drop the pools in a forked child: its parent's may be locked, and have its connections."""
    global _POOLS, _LOCK
    _POOLS, _LOCK = WeakKeyDictionary(), Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


@contextmanager
def premium_batches(engine: Engine, payroll_id: UUID) -> Iterator[tuple[Batches, Batches]]:
    """Return the batches of the entries and those of their components, as of one moment.

    Two connections, so that both can be read side by side: COPY has a connection for itself.
    The second one's transaction sees the snapshot of the first.
    """
    # A bound parameter would lose the COPY path, and with it the small batches.
    of_payroll = {"payroll_id": f"'{_checked(payroll_id)}'"}
    with _transactions(engine) as (first, second):
        with _batches(first, "SELECT pg_export_snapshot()") as exported:
            snapshot = next(exported)[0][0].as_py()
        _execute(second, f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        with (  # the server begins with the components while the entries are read
            _batches(second, COMPONENTS % of_payroll) as components,
            _batches(first, ENTRIES % of_payroll) as entries,
        ):
            yield entries, components


def raw(array: pa.Array) -> memoryview | list[str]:
    """Return a column's bytes where all its values have the same size, else its texts."""
    return texts(array) if pa.types.is_string(array.type) else fixed_width(array)


def texts(array: pa.Array) -> list[str]:
    """Return texts, equal ones as one object: Arrow finds them faster than it makes each."""
    encoded = array.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    return [*map(distinct.__getitem__, fixed_width(encoded.indices).cast("i"))]


def fixed_width(array: pa.Array) -> memoryview:
    """Return the bytes of a column whose values all have the same size."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage  # Arrow's UUID is bytes
    width = array.type.bit_width // 8
    start = array.offset * width
    return memoryview(array.buffers()[1] or b"")[start : start + len(array) * width]


def kinds(columns: Iterable[Any]) -> Mapping[str, Kind]:
    """Return what `raw` returns of these SQLAlchemy columns, and what makes their values."""
    return {column.name: _kind(column.type) for column in columns}


def _kind(type_: Any) -> Kind:
    match type_:
        case Uuid():  # psycopg's loader is C, and several times faster than `UUID(bytes=...)`
            return Kind("16s", _uuid_loader.load)
        case Enum():
            return Kind("", {member.value: member for member in type_.enum_class or ()}.__getitem__)
        case Numeric():
            exponent = Decimal(-(type_.scale or 0))
            return Kind("q", lambda units: EXACT.scaleb(Decimal(units), exponent))
        case Date():
            return Kind("i", lambda days: date.fromordinal(UNIX_DAY + days))
        case DateTime():
            return Kind("q", lambda microseconds: UNIX_TIME + timedelta(microseconds=microseconds))
    return Kind("")


def _checked(payroll_id: UUID) -> UUID:
    """Return an equal UUID of that very class: nothing else is written into a statement."""
    return UUID(int=payroll_id.int)


class _Pair:
    """Two connections, which a pool lends as one: no call can hold one and wait for another."""

    def __init__(self, conninfo: str) -> None:
        self.process = os.getpid()
        self.is_new = True
        self.both = [dbapi.connect(conninfo, autocommit=True) for _ in range(2)]

    def close(self) -> None:
        if self.process == os.getpid():
            for connection in self.both:
                connection.close()
        else:  # its parent's: even its end as garbage would end the parent's sessions
            pythonapi.Py_IncRef(py_object(self))


@contextmanager
def _transactions(engine: Engine) -> Iterator[list[Any]]:
    with _LOCK:
        pool = _POOLS.get(engine) or _new_pool(engine)
    with closing(pool.connect()) as lent:
        pair: Any = lent.dbapi_connection
        try:
            yield pair.both
            for connection in pair.both:
                _execute(connection, "ROLLBACK")
        except BaseException:
            lent.invalidate()  # in the midst of a COPY, or broken
            raise


def _new_pool(engine: Engine) -> QueuePool:
    """Make the engine's pool, whose connections are closed when the engine is done with."""
    arguments, words = dialect().create_connect_args(engine.url)  # type: ignore[no-untyped-call]
    words.pop("context", None)  # psycopg's own
    conninfo = make_conninfo(*arguments, **words)
    pool = QueuePool(lambda: _Pair(conninfo), reset_on_return=None)  # type: ignore[arg-type]
    turn = Lock()

    @event.listens_for(pool, "checkout")
    def begin(pair: Any, *_: object) -> None:
        with turn:  # or PgBouncer may give each thread its first server connection, and no second
            _begin(pair)

    _POOLS[engine] = pool
    finalize(engine, pool.dispose)
    event.listen(engine, "engine_disposed", lambda _: pool.dispose())
    return pool


def _begin(pair: _Pair) -> None:
    """Begin both transactions, of a new pair of the pool where this one is not usable.

    The server may have closed it while it was idle. What a new pair fails with is the caller's:
    the pool would say "This connection is closed".
    """
    was_idle, pair.is_new = not pair.is_new, False
    try:
        for connection in pair.both:
            _execute(connection, BEGIN)
    except dbapi.Error as error:
        if was_idle:
            raise DisconnectionError(str(error)) from error
        raise


def _execute(connection: Any, statement: str) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.USE_COPY.value: "false"})
        cursor.execute(statement)


@contextmanager
def _batches(connection: Any, statement: str) -> Iterator[Batches]:
    hint = {StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)}
    with closing(connection.cursor()) as cursor:
        cursor.adbc_statement.set_options(**hint)
        cursor.execute(statement)
        yield map(_without_null, cursor.fetch_record_batch())


def _without_null(batch: pa.RecordBatch) -> pa.RecordBatch:
    if any(column.null_count for column in batch.columns):
        raise ValueError("a NULL, in a schema that has none")
    return batch
