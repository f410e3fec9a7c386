"""A server that goes away while a run measures, if only for a moment, and may come back."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

from harness.errors import DatabaseError
from harness.postgres.answering import accepts, is_lost, keep_alive, watched
from harness.postgres.database import one_line_errors

if TYPE_CHECKING:
    from harness.postgres.database import Database

SECONDS_TO_COME_BACK = 30


def is_away(database: Database, *, ask: bool) -> bool:
    """Say whether the server was away, or is; with `ask`, also whether it hangs or is going down.

    A server that is shut down ends its connections one by one: the idle one may be the last.
    """
    return is_lost(database.alive) or (ask and not accepts(database.url))


def come_back(database: Database) -> None:
    """Wait until the server is back; raises DatabaseError for one that stays away."""
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
