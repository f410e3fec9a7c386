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
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from harness.payroll import catalog, loading
from harness.payroll.generator import Payroll, entries, shuffled_indices
from harness.payroll.verify import first_difference
from harness.postgres.connection import connected
from reads import side_by_side
from stress.pooler import PROGRAM, Pooler, eventually, pooler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

    from harness.payroll.loading import Strategy
    from harness.payroll.reading import Reader

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="pgbouncer is not installed (Debian: apt-get install pgbouncer)"
)

SERVER_CONNECTIONS = 3  # one more than there are applications that hold one and wait for another
UNPREPARED: dict[str, dict[str, Any]] = {
    "psycopg": {"prepare_threshold": None},
    "asyncpg": {
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": lambda: f"s_{uuid4()}",
    },
}
"""How each driver connects through a pooler whose next transaction may be on another server."""
LEFT_BY_DRIVER: dict[str, tuple[str, ...]] = {"psycopg": (), "asyncpg": ("prepared: ", "jit = ")}
"""What asyncpg itself leaves: statements under names of one connection, and the jit as it was."""
THREADS = 2 * SERVER_CONNECTIONS
PAYROLL, SMALL = Payroll(1_500, 2), Payroll(250, 3)
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
    words = UNPREPARED["psycopg"]
    return [engine_at(place.url, connect_args=words) for _ in range(SERVER_CONNECTIONS)]


@pytest.fixture
def engine(engines: list[Engine]) -> Engine:
    return engines[0]


@pytest.fixture
def readers_of(
    place: Pooler, engines: list[Engine], reader_at: Callable[..., Reader]
) -> Callable[[Strategy], Reader]:
    """A function that makes a strategy's reader of an engine as those in front of PgBouncer."""

    def make(strategy: Strategy) -> Reader:
        return reader_at(strategy, place.url, connect_args=UNPREPARED[loading.driver(strategy)])

    return make


@pytest.fixture
def reader(strategy: Strategy, readers_of: Callable[[Strategy], Reader]) -> Reader:
    return readers_of(strategy)


@pytest.fixture(params=catalog.streaming())
def streamer(request: pytest.FixtureRequest, readers_of: Callable[[Strategy], Reader]) -> Reader:
    return readers_of(loading.load(request.param))


def is_at_rest(place: Pooler) -> bool:
    """Whether PgBouncer has every server connection back, and none is in a transaction."""
    with connected(place.server) as connection:
        in_transaction = connection.scalar(text(IN_TRANSACTION))
    states = {server["state"] for server in place.console("SHOW SERVERS")}
    return not in_transaction and states <= {"idle", "used"}


def left_behind(engines: Sequence[Engine], driver: str = "psycopg") -> list[str]:
    """Return what the next transactions find, which together get all server connections.

    What every client of the driver leaves is not counted.
    """
    found: list[str] = []
    with ExitStack() as stack:
        clients = [stack.enter_context(engine.connect()) for engine in engines]
        pids = {client.scalar(text("SELECT pg_backend_pid()")) for client in clients}
        assert len(pids) == SERVER_CONNECTIONS
        for client in clients:
            found += client.scalars(text(LEFT_BEHIND))
            first, second = client.execute(text("SELECT 1.5, 1.5")).one()
            found += ["a loader that shares values"] if first is second else []
    return [what for what in found if not what.startswith(LEFT_BY_DRIVER[driver])]


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


def test_the_data_is_the_same(reader: Reader, engines: list[Engine], place: Pooler) -> None:
    for payroll in (PAYROLL, SMALL):
        assert first_difference(entries(payroll), reader.read(payroll.id)) is None
    assert list(reader.read(UNKNOWN)) == []
    eventually(lambda: is_at_rest(place))
    assert left_behind(engines, loading.driver(reader.strategy)) == []


def test_readers_share_an_engine(reader: Reader) -> None:
    for result in side_by_side(reader, [SMALL.id] * 2 * THREADS, THREADS):
        assert first_difference(entries(SMALL), result) is None


def test_readers_share_an_engine_for_streams(streamer: Reader) -> None:
    for result in side_by_side(streamer, [SMALL.id] * 2 * THREADS, THREADS, streams=True):
        assert first_difference(entries(SMALL), result) is None


def test_strategies_share_the_server_connections(
    engines: list[Engine], readers_of: Callable[[Strategy], Reader]
) -> None:
    """All of them at once, each twice; an async one is read in one thread, as its loop is."""
    readers = [readers_of(loading.load(name)) for name in loading.names()]
    twice = [*readers, *(reader for reader in readers if not reader.is_async)]

    def read(reader: Reader) -> str | None:
        return first_difference(entries(LONG), reader.read(LONG.id))

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(read, twice)) == {None}
    assert left_behind(engines, "asyncpg") == []


def test_an_abandoned_stream_leaves_nothing(
    streamer: Reader, engines: list[Engine], place: Pooler
) -> None:
    half_way: Any = streamer.stream(PAYROLL.id)
    assert first_difference(islice(entries(PAYROLL), 120), islice(half_way, 120)) is None
    assert not is_at_rest(place), "it is not streaming"
    half_way.close()
    eventually(lambda: is_at_rest(place))
    assert left_behind(engines, loading.driver(streamer.strategy)) == []
    assert first_difference(entries(PAYROLL), streamer.stream(PAYROLL.id)) is None
