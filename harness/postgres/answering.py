"""Whether a server answers: one that is stopped takes connections, and never says a word."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Connection

SECONDS_TO_CONNECT = 10
SECONDS_BETWEEN = 15
"""How long a statement may take before the server is asked whether it still answers."""


def answers(url: URL) -> bool:
    """Say whether the server answers a new connection in time, be it with a refusal.

    It is asked nothing over that connection: the answer to a statement may take for ever.
    """
    _, where = url.get_dialect()().create_connect_args(url)
    try:
        psycopg.connect(**where).close()
    except psycopg.Error as error:
        return not isinstance(error, psycopg.errors.ConnectionTimeout)
    return True


def accepts(url: URL) -> bool:
    """Say whether the server accepts connections: not while it goes down, comes up or hangs."""
    _, where = url.get_dialect()().create_connect_args(url)
    return PGconn.ping(make_conninfo(**where).encode()) == Ping.OK


def takes_connections(folder: Path, seconds: float) -> bool:
    """Say whether the server with its socket there does, once it has started or recovered.

    It is given so many seconds for that.
    """
    where = make_conninfo(
        host=str(folder),
        user="postgres",
        dbname="postgres",
        connect_timeout=SECONDS_TO_CONNECT,
    )
    deadline = monotonic() + seconds
    while (found := PGconn.ping(where.encode())) == Ping.REJECT and monotonic() < deadline:
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
    """Have the server end the connection for no idleness."""
    connection.exec_driver_sql("SET idle_session_timeout = 0")


def is_lost(connection: Connection) -> bool:
    """Say whether the server has ended an idle connection, without asking it.

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


def _pgconn(connection: Connection) -> Any:
    driver_connection: Any = connection.connection.driver_connection
    return driver_connection.pgconn
