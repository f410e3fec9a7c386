"""Every strategy behind a real PgBouncer in transaction mode, with few server connections.

A client has a server connection for one transaction only, and the next transaction may get
another one: what a strategy leaves in the server's session is the next client's, and what it
relies on in there is gone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

from harness.payroll import loading
from harness.payroll.generator import Payroll, entries, shuffled_indices
from harness.payroll.verify import first_difference
from harness.postgres.connection import connected
from stress.pooler import PROGRAM, Pooler, eventually, pooler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

    from harness.payroll.loading import Strategy
    from strategies.support.contract import IterPremiumsForPayroll

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="pgbouncer is not installed (Debian: apt-get install pgbouncer)"
)

SERVER_CONNECTIONS = 3  # one more than there are applications that hold one and wait for another
THREADS = 2 * SERVER_CONNECTIONS
PAYROLL, SMALL = Payroll(1_500, 6), Payroll(250, 3)
LONG = Payroll(3_500, 1)  # 7 times selectinload's 500, and psycopg prepares from the 6th on
UNKNOWN = UUID(int=0)

# Not the settings that PgBouncer restores itself for its clients.
LEFT_BEHIND = """
SELECT name || ' = ' || setting FROM pg_settings WHERE source = 'session'
 AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'IntervalStyle',
                  'standard_conforming_strings', 'transaction_isolation', 'transaction_read_only')
UNION ALL SELECT 'isolation: ' || level FROM current_setting('transaction_isolation') AS level
           WHERE level <> 'read committed'
UNION ALL SELECT 'read only' WHERE current_setting('transaction_read_only') <> 'off'
UNION ALL SELECT 'prepared: ' || statement FROM pg_prepared_statements
UNION ALL SELECT 'cursor: ' || statement FROM pg_cursors WHERE is_holdable
UNION ALL SELECT 'lock: ' || objid FROM pg_locks WHERE locktype = 'advisory'
UNION ALL SELECT 'table: ' || relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()
"""
IN_TRANSACTION = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="module")
def place() -> Iterator[Pooler]:
    generated = (entries(payroll, shuffled_indices(payroll)) for payroll in (PAYROLL, SMALL, LONG))
    with pooler(SERVER_CONNECTIONS, chain.from_iterable(generated)) as started:
        yield started


@pytest.fixture
def engines(place: Pooler, engine_at: Callable[..., Engine]) -> list[Engine]:
    """Engines of as many applications as there are server connections."""
    place.console("RECONNECT")  # what another test left behind is not for this one
    words = {"prepare_threshold": None}
    return [engine_at(place.url, connect_args=words) for _ in range(SERVER_CONNECTIONS)]


@pytest.fixture
def engine(engines: list[Engine]) -> Engine:
    return engines[0]


def is_at_rest(place: Pooler) -> bool:
    """Whether PgBouncer has every server connection back, and none is in a transaction."""
    with connected(place.server) as connection:
        in_transaction = connection.scalar(text(IN_TRANSACTION))
    states = {server["state"] for server in place.console("SHOW SERVERS")}
    return not in_transaction and states <= {"idle", "used"}


def left_behind(engines: Sequence[Engine]) -> list[str]:
    """Return what the next transactions find, which together get all server connections."""
    found: list[str] = []
    with ExitStack() as stack:
        clients = [stack.enter_context(engine.connect()) for engine in engines]
        pids = {client.scalar(text("SELECT pg_backend_pid()")) for client in clients}
        assert len(pids) == SERVER_CONNECTIONS
        for client in clients:
            found += client.scalars(text(LEFT_BEHIND))
            first, second = client.execute(text("SELECT 1.5, 1.5")).one()
            found += ["a loader that shares values"] if first is second else []
    return found


def in_threads(read: Callable[[int], str | None]) -> set[str | None]:
    """Return the differences that the threads found."""
    with ThreadPoolExecutor(THREADS) as threads:
        return set(threads.map(read, range(2 * THREADS)))


def test_clients_share_the_server_connections(engine: Engine) -> None:
    """Or the other tests would show nothing."""
    with ExitStack() as stack:
        clients = [stack.enter_context(engine.connect()) for _ in range(THREADS)]
        pids = set()
        for client in clients:
            pids.add(client.scalar(text("SELECT pg_backend_pid()")))
            client.rollback()
    assert len(pids) <= SERVER_CONNECTIONS


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("SET search_path = elsewhere", "search_path = elsewhere"),
        ("SET default_transaction_read_only = on", "read only"),
        ("PREPARE mine AS SELECT 1", "prepared: PREPARE mine AS SELECT 1"),
        ("SELECT pg_advisory_lock(7)", "lock: 7"),
    ],
)
def test_what_is_left_behind_is_found(statement: str, left: str, engines: list[Engine]) -> None:
    assert left_behind(engines) == []
    with engines[0].connect() as connection:
        connection.execute(text(statement))
        connection.commit()
    assert left in left_behind(engines)


def test_the_data_is_the_same(strategy: Strategy, engines: list[Engine], place: Pooler) -> None:
    for payroll in (PAYROLL, SMALL):
        result = strategy.get_premiums_for_payroll(engines[0], payroll.id)
        assert first_difference(entries(payroll), result) is None
    assert list(strategy.get_premiums_for_payroll(engines[0], UNKNOWN)) == []
    eventually(lambda: is_at_rest(place))
    assert left_behind(engines) == []


def test_threads_share_an_engine(strategy: Strategy, engine: Engine) -> None:
    def read(_: int) -> str | None:
        result = strategy.get_premiums_for_payroll(engine, SMALL.id)
        return first_difference(entries(SMALL), result)

    assert in_threads(read) == {None}


def test_threads_share_an_engine_for_streams(
    stream: IterPremiumsForPayroll, engine: Engine
) -> None:
    def read(_: int) -> str | None:
        return first_difference(entries(SMALL), stream(engine, SMALL.id))

    assert in_threads(read) == {None}


def test_strategies_share_the_server_connections(engines: list[Engine]) -> None:
    """All of them at once, in two applications."""
    names = loading.names()

    def read(nth: int) -> str | None:
        strategy = loading.load(names[nth % len(names)])
        result = strategy.get_premiums_for_payroll(engines[nth % 2], LONG.id)
        return first_difference(entries(LONG), result)

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(read, range(2 * len(names)))) == {None}
    assert left_behind(engines) == []


def test_an_abandoned_stream_leaves_nothing(
    stream: IterPremiumsForPayroll, engines: list[Engine], place: Pooler
) -> None:
    half_way: Any = stream(engines[0], PAYROLL.id)
    assert first_difference(islice(entries(PAYROLL), 120), islice(half_way, 120)) is None
    assert not is_at_rest(place), "it is not streaming"
    half_way.close()
    eventually(lambda: is_at_rest(place))
    assert left_behind(engines) == []
    assert first_difference(entries(PAYROLL), stream(engines[0], PAYROLL.id)) is None
