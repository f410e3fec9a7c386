"""A payroll written into a schema of its own, beside others that a strategy must not read."""

from __future__ import annotations

import inspect
from dataclasses import replace
from enum import Enum
from functools import cache
from hashlib import blake2b
from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, text

from harness.payroll import Payroll, entries, shuffled_indices, warm_up_for
from harness.postgres import kept, run_lock
from harness.postgres.answering import watched
from harness.postgres.database import CATALOG, MARK, Database, connected, schemas
from harness.postgres.dsn import in_schema
from strategies.schema import Base, PremiumComponentRow, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from strategies.contract import PremiumEntry

DEFINED_BY = (
    "harness.payroll",
    "harness.postgres.dataset",
    "strategies.schema",
    "strategies.contract",
)
"""What decides how a payroll looks in the database: another source, another name there."""
ENTRIES_A_COPY = 1_000


def provide(
    database: Database, payroll: Payroll, written: Callable[[int], None] = lambda _: None
) -> URL:
    """Have the payroll in the database: written now, unless it is there already.

    Gives the URL under which its tables are found; calls `written` with the number of entries
    that are, again and again. Raises DatabaseError.
    """
    schema = (
        f"{database.schema_prefix}_{version()}_{payroll.entries}x{payroll.components}"
        f"_{payroll.profile}_{payroll.seed}"
    )
    if database.keeps:
        with watched(database.alive):
            kept.hold(database.alive, schema)
    warm_up = warm_up_for(payroll)
    another = replace(warm_up, seed=payroll.seed + 2)
    with connected(in_schema(database.url, CATALOG)) as connection, watched(connection):
        run_lock.take(connection, schema)
        is_there = schema in schemas(connection, schema)
        if database.keeps:
            kept.make_room(connection, 0 if is_there else kept.expected_bytes(payroll), version())
        if not is_there:
            payrolls = (warm_up, payroll, another)
            shuffled = (entries(each, shuffled_indices(each)) for each in payrolls)
            write(database.url, schema, chain.from_iterable(shuffled), written)
        if database.keeps:
            kept.note_use(connection, schema)
    return in_schema(database.url, schema)


def write(
    url: URL,
    schema: str,
    premiums: Iterable[PremiumEntry],
    written: Callable[[int], None] = lambda _: None,
) -> URL:
    """Make the schema with its tables and the entries in it, all or nothing, in bounded memory.

    Gives the URL under which the schema's tables are found; calls `written` with the number of
    entries that are, again and again. Raises DatabaseError.
    """
    there = in_schema(url, schema)
    with connected(there) as connection, watched(connection):
        transaction = connection.execution_options(isolation_level="READ COMMITTED").begin()
        with transaction:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
            connection.execute(text(f"COMMENT ON SCHEMA \"{schema}\" IS '{MARK}'"))
            Base.metadata.create_all(connection)
            remaining = iter(premiums)
            count = 0
            while some := list(islice(remaining, ENTRIES_A_COPY)):
                _copy(connection, PremiumEntryRow.__table__, map(vars, some))
                _copy(connection, PremiumComponentRow.__table__, _component_values(some))
                count += len(some)
                written(count)
            connection.execute(text("ANALYZE premium_entry, premium_component"))
    return there


@cache
def version() -> str:
    """Give a short digest of the sources that decide what is written."""
    sources = (inspect.getsource(import_module(name)) for name in DEFINED_BY)
    return blake2b("".join(sources).encode(), digest_size=3).hexdigest()


def _component_values(premiums: list[PremiumEntry]) -> Iterator[dict[str, Any]]:
    for entry in premiums:
        # Last component first: a strategy that does not order them shall be found out.
        for position, component in reversed(list(enumerate(entry.components))):
            yield {"entry_id": entry.id, "position": position, **vars(component)}


def _copy(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Send rows with PostgreSQL's COPY; frozen, as the table is new in this transaction."""
    columns = [column.name for column in table.columns]
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN WITH (FREEZE)"
    cursor = connection.connection.cursor()
    with cursor.copy(statement) as copy:
        for row in rows:
            values = (row[column] for column in columns)
            copy.write_row([v.value if isinstance(v, Enum) else v for v in values])
