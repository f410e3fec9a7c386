"""Advisory locks, one for each run on a `--dsn`.

A run holds its lock for as long as it lives. A lock is its connection's, though, and that can be
lost while the run lives: ended by an administrator or an idle timeout, or with a server that
restarts. So the connection is watched, and the lock taken again at once; a run is dead only when
nobody takes its lock for longer than that needs (`unheld`).
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager
from hashlib import blake2b
from select import select
from socket import socketpair
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from harness.base.errors import DatabaseError
from harness.postgres.liveness import is_lost, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from socket import socket

    from sqlalchemy import Connection

    Connecting = Callable[[], AbstractContextManager[Connection]]

SECONDS_BETWEEN_TRIES = 0.2
SECONDS_TO_TAKE_AGAIN = 2.0


def take(connection: Connection, name: str) -> None:
    """Wait for the advisory lock of that name, and hold it until the connection is closed."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key_of(name)})


@contextmanager
def tried(connection: Connection, name: str) -> Iterator[bool]:
    """Hold the lock if nobody else does; yield whether it is held."""
    key = {"key": _key_of(name)}
    is_ours = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
    try:
        yield is_ours
    finally:
        if is_ours:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def unheld(connection: Connection, names: Iterable[str]) -> list[str]:
    """Return those of the names whose lock nobody holds.

    If there are any, the time has passed in which a run that lost its connection only, and lives,
    takes its lock again.
    """
    free = []
    for name in names:
        with tried(connection, name) as is_free:
            free += [name] if is_free else []
    sleep(SECONDS_TO_TAKE_AGAIN if free else 0)
    return free


@contextmanager
def held(connecting: Connecting, name: str) -> Iterator[None]:
    """Hold the lock on a connection of its own. Raise DatabaseError where it cannot be had."""
    here, there = socketpair()
    taken: Future[None] = Future()
    with here, there:
        holder = Thread(target=_hold, args=(connecting, name, taken, there), daemon=True)
        holder.start()
        try:
            taken.result()
            yield
        finally:
            here.close()
            holder.join()


def _hold(connecting: Connecting, name: str, taken: Future[None], end: socket) -> None:
    """Hold the lock until the other end of `end` is closed."""
    while True:
        try:
            with connecting() as connection:
                with watched(connection):
                    take(connection, name)
                if not taken.done():
                    taken.set_result(None)
                _wait_for_the_loss(connection, end)
        except DatabaseError as error:
            if not taken.done():
                taken.set_exception(error)
        if select([end], [], [], SECONDS_BETWEEN_TRIES)[0]:
            return


def _wait_for_the_loss(connection: Connection, end: socket) -> None:
    """Wait until the connection is lost, or the end; the server is asked nothing meanwhile."""
    driver: Any = connection.connection.driver_connection
    while end not in select([driver, end], [], [])[0]:
        if is_lost(connection):  # or what came is news of a setting only
            return


def _key_of(name: str) -> int:
    """Return the number of the advisory lock of that name."""
    digest = blake2b(f"mapping-strategies {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
