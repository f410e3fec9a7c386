"""Packed rows read through one of an engine's own connections, and the objects made of them.

With psycopg they come in its binary form and in chunks, past SQLAlchemy: errors are psycopg's, and
neither the engine's log, nor its cursor events, nor its isolation level apply. With another driver
the same statement runs as any other of SQLAlchemy's, through a server-side cursor.
"""

from __future__ import annotations

from contextlib import closing
from functools import lru_cache, partial
from itertools import chain, islice
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.dialects.postgresql.psycopg import dialect

from strategies.support.sharing import Pool, identity

ROWS_A_CHUNK = 32
"""Time is the same from 32 to 128, within its noise; what is held beside the result is not."""
LONGEST_CUT = 32 * 1024
"""Bytes of a part whose cutting is remembered: 64 such take less than 1 MB."""
PSYCOPG: Any = dialect()  # type: ignore[no-untyped-call]
BROKEN = "a column that its class, or that of its children, declares as NOT NULL has a NULL"
try:
    from psycopg import capabilities
except ImportError:  # no psycopg, or 3.1
    CHUNKED: dict[str, Any] = {}
else:
    CHUNKED = {"size": ROWS_A_CHUNK} if capabilities.has_stream_chunked() else {}

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Engine, Select

    from strategies.support.packing.columns import Column
    from strategies.support.packing.layout import Packed, Record

    Values = Callable[[Sequence[Any]], Iterable[Any]]


class Chunk(NamedTuple):
    """Some parents: the bytes of each, their texts column by column, and what children they have.

    The bytes of a parent's children stand as they came; `in_order` sorts them.
    """

    rows: Sequence[bytes]
    texts: Sequence[Sequence[str | None]]
    counts: Sequence[int] = ()
    children: Sequence[bytes] = ()
    child_texts: Sequence[Sequence[Sequence[str | None]]] = ()


def chunks(packed: Packed, engine: Engine, parameters: Mapping[str, Any]) -> Generator[Chunk]:
    """Read the rows, some at a time; closing it cancels the query and ends the transaction.

    Raises ValueError where a column that its class declares as NOT NULL has a NULL: the row would
    be left out otherwise. An enum's value that its class lacks is an error of the database.
    """
    with closing(_rows(packed.statement, engine, parameters)) as rows:
        while some := list(islice(rows, ROWS_A_CHUNK)):
            yield _chunk(packed, some)


def in_order(record: Record, *parts: bytes) -> bytes:
    """Return the children of some parents end to end, those of each sorted by their key."""
    if not record.key:
        return b"".join(parts)
    size = record.struct.size
    # What cuts a long part is long itself, and not worth holding.
    cut = _cut if max(map(len, parts), default=0) <= LONGEST_CUT else _cut.__wrapped__
    return b"".join([row for part in parts for row in sorted(cut(size, len(part)).unpack(part))])


def raw_columns(
    record: Record, data: bytes, texts: Iterable[Sequence[str | None]]
) -> list[Sequence[Any]]:
    """Return what was read of each column, for rows whose bytes stand end to end."""
    fields: Iterator[Sequence[Any]] = zip(*record.struct.iter_unpack(data), strict=True)
    if record.key:
        next(fields, None)
    others = iter(texts)
    return [next(fields if column.format else others, ()) for column in record.columns]


def objects(
    packed: Packed,
    engine: Engine,
    parameters: Mapping[str, Any],
    parent_class: Callable[..., Any],
    child_class: Callable[..., Any] | None = None,
    bound: int | None = None,
) -> Iterator[Any]:
    """Read the rows and make an object of each: of its columns, then of a list of its children.

    `bound` is that of each column's pool of values: None where all objects are held. Raises what
    `chunks` does, and ValueError for a value that Python does not have, as an infinite date is.
    """
    parent, child = packed.parent, packed.child
    parent_values = [_values(column, bound) for column in parent.columns]
    child_values = [_values(column, bound) for column in child.columns] if child else []
    with closing(chunks(packed, engine, parameters)) as read:
        for rows, texts, counts, parts, part_texts in read:
            columns = _made(parent_values, raw_columns(parent, b"".join(rows), texts))
            if child and child_class:
                flat = [[*chain.from_iterable(lists)] for lists in part_texts]
                raws = raw_columns(child, in_order(child, *parts), flat)
                made = list(map(child_class, *_made(child_values, raws)))
                end = 0
                columns.append([made[end : (end := end + count)] for count in counts])
            yield from map(parent_class, *columns)


def _made(values: Iterable[Values], raws: Iterable[Sequence[Any]]) -> list[Iterable[Any]]:
    return [make(raw) for make, raw in zip(values, raws, strict=True)]


def _values(column: Column, bound: int | None) -> Values:
    """Return what makes the values of a column's raw ones."""
    make = column.make
    if column.shares:
        return Pool(make or identity, bound).values
    return partial(map, make) if make else iter


@lru_cache(maxsize=64)
def _cut(size: int, length: int) -> Struct:
    return Struct(f"{size}s" * (length // size))


def _chunk(packed: Packed, rows: list[Sequence[Any]]) -> Chunk:
    data, *others = zip(*rows, strict=True)
    rows.clear()  # or its caller would hold them beside the chunk
    if None in data:
        raise ValueError(f"{packed.name}: {BROKEN}")
    texts = others[: len(packed.parent.texts)]
    if packed.child is None:
        return Chunk(data, texts)
    counts, parts, *arrays = others[len(texts) :]
    size = packed.child.struct.size
    if any(len(part) != count * size for count, part in zip(counts, parts, strict=True)):
        raise ValueError(f"{packed.name}: {BROKEN}")
    lists = [[array or () for array in column] for column in arrays]  # NULL where there are none
    return Chunk(data, texts, counts, parts, lists)


def _rows(
    statement: Select[Any], engine: Engine, parameters: Mapping[str, Any]
) -> Generator[Sequence[Any]]:
    compiled = _compiled(statement)
    # A list's parameters, and another schema, are put in by SQLAlchemy's own execution alone.
    is_final = not compiled.post_compile_params
    translated = "schema_translate_map" in engine.get_execution_options()
    if engine.driver == "psycopg" and is_final and not translated:
        yield from _of_psycopg(compiled, engine, parameters)
    else:
        streamed = engine.execution_options(yield_per=ROWS_A_CHUNK)
        with streamed.connect() as connection, connection.execute(statement, parameters) as rows:
            yield from rows


def _of_psycopg(
    compiled: Any, engine: Engine, parameters: Mapping[str, Any]
) -> Generator[Sequence[Any]]:
    values = compiled.construct_params(parameters)
    for bind, name in compiled.bind_names.items():
        process = bind.type.dialect_impl(PSYCOPG).bind_processor(PSYCOPG)
        if process:
            values[name] = process(values[name])
    with closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        with (
            driver.cursor(binary=True) as cursor,
            closing(cursor.stream(str(compiled), values, **CHUNKED)) as rows,
        ):
            yield from rows


@lru_cache(maxsize=64)
def _compiled(statement: Select[Any]) -> Any:
    return statement.compile(dialect=PSYCOPG)
