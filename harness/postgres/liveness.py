"""Whether a server answers, and what to do until it does again.

One that hangs takes connections, and never answers; one that went away, if only for a moment, has
ended the connections that there were.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from select import select
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from harness.base.errors import DatabaseError
from harness.postgres.connection import one_line_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

    from harness.postgres.connection import Database

SECONDS_BETWEEN = 15
"""How long a statement may take before the server is asked whether it still answers."""
SECONDS_TO_COME_BACK = 30


def answers(url: URL) -> bool:
    """Whether the server answers a new connection in time, be it with a refusal.

    It is asked nothing over that connection: the answer to a statement may take for ever.
    """
    _, where = url.get_dialect()().create_connect_args(url)
    try:
        psycopg.connect(**where).close()
    except psycopg.Error as error:
        return not isinstance(error, psycopg.errors.ConnectionTimeout)
    return True


def accepts(url: URL, within: float = 0) -> bool:
    """Whether the server accepts connections: not while it goes down, comes up or hangs.

    One that comes up, or recovers, has `within` seconds for that.
    """
    _, where = url.get_dialect()().create_connect_args(url)
    conninfo = make_conninfo(**where).encode()
    deadline = monotonic() + within
    while (found := PGconn.ping(conninfo)) == Ping.REJECT and monotonic() < deadline:
        sleep(0.1)
    return found == Ping.OK


@contextmanager
def watched(connection: Connection) -> Iterator[None]:
    """End the connection when the server stops answering, as its statement never would."""
    over = Event()

    def watch() -> None:
        while not over.wait(SECONDS_BETWEEN):
            if not answers(connection.engine.url):
                with suppress(OSError):  # closed meanwhile
                    same.shutdown(socket.SHUT_RDWR)

    with socket.socket(fileno=os.dup(_pgconn(connection).socket)) as same:
        Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            over.set()


def keep_alive(connection: Connection) -> None:
    """Ask the server to end the connection for no idleness."""
    connection.exec_driver_sql("SET idle_session_timeout = 0")


def is_lost(connection: Connection) -> bool:
    """Whether the server has ended an idle connection, which is not asked anything.

    A lost one is given up, so that it can be closed, or made again, without an error.
    """
    if connection.invalidated:
        return True
    pgconn = _pgconn(connection)
    try:
        while select([pgconn.socket], [], [], 0)[0]:
            pgconn.consume_input()  # raises at the end of what was sent
    except psycopg.Error:
        connection.invalidate()
    return connection.invalidated


def is_away(database: Database, *, ask: bool) -> bool:
    """Whether the server was away, or is; with `ask`, also whether it hangs or is going down.

    A server that is shut down ends its connections one by one: the idle one may be the last.
    """
    return is_lost(database.alive) or (ask and not accepts(database.url))


def wait_until_back(database: Database) -> None:
    """Wait until the server is back. Raise DatabaseError for one that stays away."""
    deadline = monotonic() + SECONDS_TO_COME_BACK
    while True:
        try:
            database.start()
            _connect_again(database)
        except DatabaseError:
            if monotonic() > deadline:
                raise
            sleep(1)
        else:
            return


def _connect_again(database: Database) -> None:
    with one_line_errors(database.url):
        database.alive.invalidate()
        database.alive.rollback()  # nothing: or it would not connect again
        with watched(database.alive):
            keep_alive(database.alive)


def _pgconn(connection: Connection) -> Any:
    driver_connection: Any = connection.connection.driver_connection
    return driver_connection.pgconn
