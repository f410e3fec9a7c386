"""A Postgres to put payrolls into: the embedded one, or the one that `--dsn` names.

The embedded server keeps what it is given from run to run, so that a payroll is written once.
On a `--dsn` everything is in schemas of the run's own, dropped at its end. A run that was killed
cannot drop its own, so the next run does. It knows them by more than their name: they are owned by
the very role that the run is, carry the comment MARK, and nobody has held their run's lock for a
while (`run_lock.py`).
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import DropSchema

from harness.errors import DatabaseError
from harness.postgres import embedded, run_lock, variables
from harness.postgres.answering import keep_alive, watched
from harness.postgres.dsn import in_schema, parse_dsn, place
from harness.secret import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = "made by mapping-strategies, whose next run may drop it"
KEPT = "mapping_strategies_kept"
"""How the names begin of what the embedded server keeps."""
DROPPED = "mapping_strategies_run"
"""How the names begin of what a run on a `--dsn` drops at its end."""
TOKEN_BYTES = 4
OLDEST_SERVER = 14
CATALOG = "pg_catalog"
"""What our own statements are seen from: a role's `search_path` may begin with anything."""
HINTS = {
    "25006": "is it a standby? a --dsn must be one that can be written to",
    "53100": "make room on the server's disk",
    "42501": "the role needs: GRANT CONNECT, CREATE ON DATABASE ... TO ...",
}
"""What is missing, by SQLSTATE."""


@dataclass(frozen=True)
class Database:
    """A Postgres: what reports call it, and what the names of our schemas in it begin with.

    `alive` is an idle connection, which is lost when the server goes away, even for a moment;
    `start` starts one that is ours to start.
    """

    url: URL
    name: str
    schema_prefix: str
    server_version: str
    alive: Connection
    start: Callable[[], None] = lambda: None

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
        with embedded.running() as url, connected(url) as alive:
            with watched(alive):
                version = _server_version(alive)
            yield Database(url, "embedded", KEPT, version, alive, embedded.start)
        return
    with variables.left_out(variables.STYLES):
        yield from _at(parse_dsn(dsn))


def _at(url: URL) -> Iterator[Database]:
    here = in_schema(url, CATALOG)
    token = token_hex(TOKEN_BYTES)
    prefix = f"{DROPPED}_{token}"
    with connected(here) as alive:
        with watched(alive):
            version = _server_version(alive)
            _check_options(alive)
            _drop_abandoned(alive)
            keep_alive(alive)
        with run_lock.held(lambda: connected(here), token):
            try:
                yield Database(url, "by --dsn", prefix, version, alive)
            except BaseException as error:
                try:
                    _clean_up(here, prefix)
                except DatabaseError as left:
                    error.add_note(str(left))
                raise
            _clean_up(here, prefix)


def _clean_up(url: URL, prefix: str) -> None:
    try:
        with connected(url) as connection, watched(connection):
            drop(connection, schemas(connection, prefix))
    except DatabaseError as error:
        raise DatabaseError(
            f"{error}; schemas {prefix}... are left there: the next run with this --dsn drops them"
        ) from None


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """Give an autocommit connection; database errors inside become one-line DatabaseErrors."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with one_line_errors(url), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def one_line_errors(url: URL) -> Iterator[None]:
    """Have the database errors inside become one-line DatabaseErrors, without the password.

    A KeyboardInterrupt stays one, also where what is left of a statement fails after it.
    """
    before = sys.exception()
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        behind = error.__context__
        while behind is not None and behind is not before:
            if isinstance(behind, KeyboardInterrupt):
                raise behind from None
            behind = behind.__context__
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        secret = url.render_as_string(hide_password=False)
        hint = HINTS.get(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
        said = f"{cause}; {hint}" if hint else cause
        raise DatabaseError(f"Postgres at {place(url)}: {masked(said, secret)}") from None


def schemas(connection: Connection, prefix: str) -> list[str]:
    """Give the names of the schemas that are ours: marked so, this role's own, with that prefix."""
    found = connection.execute(
        text(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :prefix) "
            "AND obj_description(oid, 'pg_namespace') = :mark "
            "AND pg_get_userbyid(nspowner) = current_user"
        ),
        {"prefix": prefix, "mark": MARK},
    )
    return list(found.scalars())


def _drop_abandoned(connection: Connection) -> None:
    """Drop the schemas of runs that live no more: nobody holds their lock, nor takes it again."""
    start = len(DROPPED) + 1
    left: dict[str, list[str]] = {}
    for schema in schemas(connection, DROPPED):
        left.setdefault(schema[start : start + 2 * TOKEN_BYTES], []).append(schema)
    for token in run_lock.unheard_of(connection, left):
        with run_lock.tried(connection, token) as is_dead:
            drop(connection, left[token] if is_dead else [])


def drop(connection: Connection, names: list[str]) -> None:
    """Drop the schemas and all that is in them."""
    for name in names:
        connection.execute(DropSchema(name, cascade=True, if_exists=True))


def _check_options(connection: Connection) -> None:
    """Raise DatabaseError unless the server sees our tables where we think that they are."""
    if connection.exec_driver_sql("SHOW search_path").scalar_one() != CATALOG:
        raise DatabaseError(
            "the server does not take a connection's options (through a pooler, or after a "
            "backslash in the --dsn's own); a --dsn must name the server itself"
        )


def _server_version(connection: Connection) -> str:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number < OLDEST_SERVER * 10_000:
        raise DatabaseError(
            f"the server is PostgreSQL {number // 10_000}; {OLDEST_SERVER} or newer is needed"
        )
    return str(connection.exec_driver_sql("SHOW server_version").scalar_one()).split()[0]
