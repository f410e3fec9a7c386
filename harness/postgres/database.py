"""A Postgres to put payrolls into: the embedded one, or the one that `--dsn` names.

The embedded server keeps what it is given from run to run, so that a payroll is written once.
On a `--dsn` everything is in schemas of the run's own, dropped at its end. A run that was killed
cannot drop its own, so the next run does: every schema of ours carries the comment MARK, and
every run holds an advisory lock for as long as it lives.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from harness.errors import DatabaseError
from harness.postgres import embedded
from harness.secret import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "made by mapping-strategies, whose next run may drop it"
KEPT = "mapping_strategies_kept"
"""How the names begin of what the embedded server keeps."""
DROPPED = "mapping_strategies_run"
"""How the names begin of what a run on a `--dsn` drops at its end."""
TOKEN_BYTES = 4
OLDEST_SERVER = 14
SECONDS_TO_CONNECT = 10


@dataclass(frozen=True)
class Database:
    """A Postgres: what reports call it, and what the names of our schemas in it begin with."""

    url: URL
    name: str
    schema_prefix: str
    server_version: str
    run: Connection
    """Open for as long as the run lasts: what it locks is locked so long."""

    @property
    def keeps(self) -> bool:
        """Whether it is the embedded server, which keeps payrolls from run to run."""
        return self.schema_prefix == KEPT

    @property
    def told(self) -> str:
        """What a report says of it: its version, and which one it is."""
        return f"PostgreSQL {self.server_version} ({self.name})"


@contextmanager
def open_database(dsn: str | None = None) -> Iterator[Database]:
    """Give the embedded Postgres, or the one at `dsn`, for as long as the run lasts.

    Raises DatabaseError, whose message never holds the password.
    """
    if dsn is None:
        with embedded.running() as url, connected(url) as connection:
            version = _server_version(connection)
            yield Database(url, "embedded", KEPT, version, connection)
        return
    url = parse_dsn(dsn)
    with connected(url) as alive:
        version = _server_version(alive)
        _drop_abandoned(alive)
        token = token_hex(TOKEN_BYTES)
        take_lock(alive, token)
        prefix = f"{DROPPED}_{token}"
        try:
            yield Database(url, "by --dsn", prefix, version, alive)
        finally:
            _clean_up(url, prefix)


def _clean_up(url: URL, prefix: str) -> None:
    try:
        with connected(url) as connection:
            drop(connection, schemas(connection, prefix))
    except DatabaseError as error:
        raise DatabaseError(
            f"{error}; schemas {prefix}... are left there: the next run with this --dsn drops them"
        ) from None


def parse_dsn(dsn: str) -> URL:
    """Read a DSN: a URL, or libpq's `key=value` words. Raises DatabaseError."""
    scheme, separator, rest = dsn.partition("://")
    if separator and scheme.split("+")[0] in {"postgresql", "postgres"}:
        dsn = f"postgresql://{rest}"
    try:
        words: dict[str, Any] = conninfo_to_dict(dsn)
        if "port" in words and "," not in words["port"]:
            words["port"] = int(words["port"])
    except (psycopg.Error, ValueError):
        raise DatabaseError(
            "the --dsn is not one that libpq reads; it looks like "
            "postgresql://user@host:5432/database or 'host=localhost dbname=payroll'"
        ) from None
    names = {"user": "username", "password": "password", "host": "host", "dbname": "database"}
    if str(words.get("host", "")).startswith("/") or "," in str(words.get("host", "")):
        del names["host"]
    if isinstance(words.get("port"), int):
        names["port"] = "port"
    parts = {names[word]: words.pop(word) for word in names.keys() & words.keys()}
    words.setdefault("connect_timeout", SECONDS_TO_CONNECT)
    query = {word: str(value) for word, value in words.items()}
    return URL.create("postgresql+psycopg", **parts, query=query)


def in_schema(url: URL, schema: str) -> URL:
    """Give the same database as seen from one schema, in UTC: a contract's times are."""
    options = f"{url.query.get('options', '')} -csearch_path={schema} -ctimezone=UTC"
    return url.update_query_dict({"options": options.strip()})


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """Give an autocommit connection; database errors inside become one-line DatabaseErrors."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, psycopg.Error) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        secret = url.render_as_string(hide_password=False)
        raise DatabaseError(f"Postgres at {_place(url)}: {masked(cause, secret)}") from None
    finally:
        engine.dispose()


def take_lock(connection: Connection, name: str) -> None:
    """Wait for the advisory lock of that name, and hold it until the connection is closed."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": lock_key(name)})


def schemas(connection: Connection, prefix: str) -> list[str]:
    """Give the names of the schemas that are ours: marked so, ours to drop, with that prefix."""
    found = connection.execute(
        text(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :prefix) "
            "AND obj_description(oid, 'pg_namespace') = :mark AND pg_has_role(nspowner, 'USAGE')"
        ),
        {"prefix": prefix, "mark": MARK},
    )
    return list(found.scalars())


def _drop_abandoned(connection: Connection) -> None:
    """Drop the schemas of runs that live no more: nobody holds their lock."""
    start = len(DROPPED) + 1
    for schema in schemas(connection, DROPPED):
        key = {"key": lock_key(schema[start : start + 2 * TOKEN_BYTES])}
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
            drop(connection, [schema])
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def drop(connection: Connection, names: list[str]) -> None:
    """Drop the schemas and all that is in them."""
    for name in names:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))


def lock_key(name: str) -> int:
    """Give the number of the advisory lock of that name."""
    digest = blake2b(f"mapping-strategies {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _server_version(connection: Connection) -> str:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number < OLDEST_SERVER * 10_000:
        raise DatabaseError(
            f"the server is PostgreSQL {number // 10_000}; {OLDEST_SERVER} or newer is needed"
        )
    return str(connection.exec_driver_sql("SHOW server_version").scalar_one()).split()[0]


def _place(url: URL) -> str:
    host = url.host or url.query.get("host", "localhost")
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"
