"""Reads and streams whose connection is killed, or cancelled: an error, and nothing left open."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text

from harness.payroll.generator import entries
from harness.payroll.verify import first_difference
from reads import PAYROLL, READERS, SHORTER, is_at_rest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Engine

    from harness.payroll.loading import Strategy
    from harness.payroll.reading import Reader

UNKNOWN = UUID(int=0)
KILLED = r"(?i)terminat|closed|connection"
LOCK = text("LOCK TABLE premium_component IN ACCESS EXCLUSIVE MODE")
KILL_WHO_WAITS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks"
    " WHERE NOT granted AND relation = 'premium_component'::regclass"
)


def test_a_connection_killed_amid_a_stream_reaches_the_caller(
    streamer: Reader, other: Engine
) -> None:
    def read_while_it_is_killed() -> None:
        reading = streamer.stream(PAYROLL.id)
        next(reading)
        with other.connect() as killer:
            killer.execute(text(f"SELECT pg_terminate_backend(pid) FROM {READERS}"))
        for _ in reading:
            pass

    with pytest.raises(Exception, match=KILLED):
        read_while_it_is_killed()
    assert is_at_rest(streamer.engine)
    streamer.dispose()
    assert first_difference(entries(SHORTER), streamer.stream(SHORTER.id)) is None


# SQLAlchemy does not close the server-side cursor of a connection that is gone; psycopg warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_killed_while_the_collector_is_paused(reader: Reader, other: Engine) -> None:
    """Killed where its statement waits for a lock: amid a list that is being made."""
    with other.connect() as blocking, ThreadPoolExecutor(1) as thread:
        blocking.execute(LOCK)
        reading = thread.submit(reader.read, PAYROLL.id)
        while not blocking.scalars(KILL_WHO_WAITS).all():
            assert not reading.done()
        with pytest.raises(Exception, match=KILLED):
            reading.result()
    assert is_at_rest(reader.engine)
    del reading
    gc.collect()


def test_a_statement_timeout_reaches_the_caller(
    strategy: Strategy, reader_at: Callable[..., Reader], other: Engine, url: URL
) -> None:
    """Its statement waits for a lock until the server cancels it; then all is well again."""
    options = f"{url.query['options']} -cstatement_timeout=500"
    reader = reader_at(strategy, url.update_query_dict({"options": options}))
    assert list(reader.read(UNKNOWN)) == []
    with other.begin() as blocking:
        blocking.execute(LOCK)
        with pytest.raises(Exception, match="statement timeout"):
            reader.read(PAYROLL.id)
    assert is_at_rest(reader.engine)
    # An unknown payroll, which even a busy machine reads within the limit.
    assert list(reader.read(UNKNOWN)) == []
