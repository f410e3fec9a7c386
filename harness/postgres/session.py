"""The Postgres of a run: one of its own, or the one that `--dsn` names, and our schemas there.

On a `--dsn` everything is in schemas of the run's own, dropped at its end. A run that was killed
cannot drop its own, so the next run does. It knows them by more than their name: they are owned by
the very role that the run is, carry the comment MARK, and nobody has held their run's lock for a
while (`run_lock.py`).
"""

from __future__ import annotations

from contextlib import contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, text
from sqlalchemy.schema import DropSchema

from harness.base.errors import DatabaseError
from harness.postgres import dsn, run_lock, server
from harness.postgres.connection import Database, connected
from harness.postgres.liveness import keep_alive, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "made by mapping-strategies, whose next run may drop it"
EMBEDDED = "mapping_strategies_embedded"
"""How the names begin of the schemas on a server of the run's own, which go with it."""
DROPPED = "mapping_strategies_run"
"""How the names begin of what a run on a `--dsn` drops at its end."""
TOKEN_BYTES = 4
OLDEST_SERVER = 14
CATALOG = "pg_catalog"
"""What our own statements are seen from: a role's `search_path` may begin with anything."""


@contextmanager
def open_database(named: str | None = None) -> Iterator[Database]:
    """Start a Postgres for as long as the run lasts, or use the one at the DSN that is named.

    Raise DatabaseError, whose message never holds the password.
    """
    if named is None:
        with server.running() as ours, connected(ours.url) as alive:
            with watched(alive):
                version = _server_version(alive)
            yield Database(ours.url, "embedded", EMBEDDED, version, alive, ours.start)
        return
    with dsn.left_out(dsn.STYLES):
        yield from _at(dsn.parse_dsn(named))


def _at(url: URL) -> Iterator[Database]:
    catalog = dsn.in_schema(url, CATALOG)
    token = token_hex(TOKEN_BYTES)
    prefix = f"{DROPPED}_{token}"
    with connected(catalog) as alive:
        with watched(alive):
            version = _server_version(alive)
            _check_options(alive)
            _drop_abandoned(alive)
            keep_alive(alive)
        with run_lock.held(lambda: connected(catalog), token):
            try:
                yield Database(url, "by --dsn", prefix, version, alive)
            except BaseException as error:
                try:
                    _clean_up(catalog, prefix)
                except DatabaseError as left:
                    error.add_note(str(left))
                raise
            _clean_up(catalog, prefix)


def _clean_up(url: URL, prefix: str) -> None:
    try:
        with connected(url) as connection, watched(connection):
            drop(connection, schemas(connection, prefix))
    except DatabaseError as error:
        raise DatabaseError(
            f"{error}; schemas {prefix}... are left there: the next run with this --dsn drops them"
        ) from None


def schemas(connection: Connection, prefix: str) -> list[str]:
    """Return the names of our schemas: marked so, this role's own, with that prefix."""
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
    for token in run_lock.unheld(connection, left):
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
