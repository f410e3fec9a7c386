"""A payroll written into a schema of its own, beside others that a strategy must not read."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Enum, MetaData, text
from sqlalchemy.schema import AddConstraint

from harness.payroll.generator import Payroll, entries, shuffled_indices, warm_up_for
from harness.postgres.connection import Database, connected
from harness.postgres.dsn import in_schema
from harness.postgres.liveness import watched
from harness.postgres.sending import Sender
from harness.postgres.session import CATALOG, MARK, schemas
from strategies.support.schema import Base, PremiumComponentRow, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy.sql.elements import KeyedColumnElement

    from strategies.support.contract import PremiumEntry

    Values = tuple[Any, ...]

ENTRIES_A_COPY = 1_000
DIGEST = 8  # bytes: a name has 63 characters at most
ENTRY_COLUMNS: list[KeyedColumnElement[Any]] = list(PremiumEntryRow.__table__.columns)
OF_THE_ENTRY = ["entry_id", "position"]
COMPONENT_COLUMNS: list[KeyedColumnElement[Any]] = [
    column for column in PremiumComponentRow.__table__.columns if column.key not in OF_THE_ENTRY
]


def provide(
    database: Database,
    payroll: Payroll,
    written: Callable[[int], None] = lambda _: None,
    others: Sequence[Payroll] = (),
) -> URL:
    """Write the payroll, unless this run has written it already, and return its schema's URL.

    In the same tables are `others` that are read too. Calls `written` with the number of entries
    that are, again and again. Raise DatabaseError.
    """
    key = blake2b(repr((payroll, *others)).encode(), digest_size=DIGEST).hexdigest()
    schema = f"{database.schema_prefix}_{payroll.entries}x{payroll.components}_{key}"
    with connected(in_schema(database.url, CATALOG)) as connection, watched(connection):
        is_there = schema in schemas(connection, schema)
    if not is_there:
        warm_up = warm_up_for(payroll)
        payrolls = (warm_up, payroll, *others, replace(warm_up, seed=payroll.seed + 2))
        shuffled = (entries(one, shuffled_indices(one)) for one in payrolls)
        write(database.url, schema, chain.from_iterable(shuffled), written)
    return in_schema(database.url, schema)


def write(
    url: URL,
    schema: str,
    premiums: Iterable[PremiumEntry],
    written: Callable[[int], None] = lambda _: None,
) -> URL:
    """Make the schema with its tables and the entries in it, all or nothing, in bounded memory.

    Return the URL under which the schema's tables are found; calls `written` with the number of
    entries that are, again and again. Raise DatabaseError.
    """
    there = in_schema(url, schema)
    with connected(there) as connection, watched(connection):
        transaction = connection.execution_options(isolation_level="READ COMMITTED").begin()
        with transaction:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
            connection.execute(text(f"COMMENT ON SCHEMA \"{schema}\" IS '{MARK}'"))
            # The schema is new; a look for a table stays in SQLAlchemy's memos, with its engine.
            _without_indexes().create_all(connection, checkfirst=False)
            remaining = iter(premiums)
            count = 0
            while some := list(islice(remaining, ENTRIES_A_COPY)):
                _copy(connection, some)
                count += len(some)
                written(count)
            _add_indexes(connection)
            connection.execute(text("ANALYZE premium_entry, premium_component"))
    return there


def _without_indexes() -> MetaData:
    """Return the tables without what is made faster of all rows at once than row by row."""
    bare = MetaData()
    for table in Base.metadata.sorted_tables:
        copy = table.to_metadata(bare)
        copy.indexes.clear()
        copy.constraints -= copy.foreign_key_constraints
    return bare


def _add_indexes(connection: Connection) -> None:
    whole = MetaData()  # a copy: a constraint that is added so is left out of its table ever after
    for table in [table.to_metadata(whole) for table in Base.metadata.sorted_tables]:
        for index in table.indexes:
            index.create(connection)
        for key in table.foreign_key_constraints:
            connection.execute(AddConstraint(key))


def _copy(connection: Connection, premiums: list[PremiumEntry]) -> None:
    """Send entries with PostgreSQL's COPY; frozen, as the tables are new in this transaction."""
    entry_values = map(_getter(ENTRY_COLUMNS), premiums)
    _copy_rows(connection, "premium_entry", _names(ENTRY_COLUMNS), entry_values)
    columns = OF_THE_ENTRY + _names(COMPONENT_COLUMNS)
    _copy_rows(connection, "premium_component", columns, _component_values(premiums))


def _component_values(premiums: list[PremiumEntry]) -> Iterator[Values]:
    values = _getter(COMPONENT_COLUMNS)
    for entry in premiums:
        # Last component first: a strategy that does not order them shall be found out.
        for position in reversed(range(len(entry.components))):
            yield (entry.id, position, *values(entry.components[position]))


def _copy_rows(
    connection: Connection, table: str, columns: list[str], rows: Iterable[Values]
) -> None:
    cursor: Any = connection.connection.cursor()
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FREEZE)"
    with cursor.copy(statement, writer=Sender(cursor)) as copy:
        for row in rows:
            copy.write_row(row)


def _names(columns: list[KeyedColumnElement[Any]]) -> list[str]:
    return [column.key for column in columns]


def _getter(columns: list[KeyedColumnElement[Any]]) -> Callable[[object], Values]:
    """Return what reads these columns' values from an entry or a component."""
    values = (
        f"{column.key}.value" if isinstance(column.type, Enum) else column.key for column in columns
    )
    return attrgetter(*values)
