"""Streams give the same entries, and leave nothing open when they are abandoned."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

import strategies
from harness.payroll.generator import Payroll, entries, shuffled_indices
from harness.payroll.verify import first_difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.contract import IterPremiumsForPayroll, PremiumEntry

PAYROLL, SHORTER = Payroll(1_500, 6), Payroll(500, 6)
UNKNOWN = UUID(int=0)
KILL_WHO_WAITS = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks"
    " WHERE NOT granted AND relation = 'premium_component'::regclass"
)


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    shuffled = (entries(each, shuffled_indices(each)) for each in (PAYROLL, SHORTER))
    return written(chain.from_iterable(shuffled))


@pytest.fixture
def engine(url: URL, engine_at: Callable[..., Engine]) -> Engine:
    return engine_at(url)


@pytest.fixture(params=strategies.streaming())
def stream(request: pytest.FixtureRequest) -> IterPremiumsForPayroll:
    return strategies.stream(strategies.load(request.param))


@pytest.fixture(params=strategies.names())
def strategy(request: pytest.FixtureRequest) -> strategies.Strategy:
    return strategies.load(request.param)


def checked_out(engine: Engine) -> int:
    pool: Any = engine.pool
    return int(pool.checkedout())


def transactions(engine_at: Callable[..., Engine], url: URL) -> int:
    """How many other clients are in a transaction on this database's tables; no autovacuum."""
    with engine_at(url).connect() as connection:
        query = (
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_class ON oid = relation "
            "JOIN pg_stat_activity USING (pid) WHERE backend_type = 'client backend' "
            "AND relname IN ('premium_entry', 'premium_component') "
            "AND relnamespace = current_schema()::regnamespace AND pid <> pg_backend_pid()"
        )
        return int(connection.scalar(text(query)) or 0)


def test_a_stream_gives_the_same_data(stream: IterPremiumsForPayroll, engine: Engine) -> None:
    assert first_difference(entries(PAYROLL), stream(engine, PAYROLL.id)) is None
    assert checked_out(engine) == 0


def test_an_abandoned_stream_leaves_nothing_open(
    stream: IterPremiumsForPayroll, engine: Engine, engine_at: Callable[..., Engine], url: URL
) -> None:
    half_way: Any = stream(engine, PAYROLL.id)
    for _ in range(120):
        next(half_way)
    assert transactions(engine_at, url) > 0, "it is not streaming"
    half_way.close()
    assert checked_out(engine) == 0
    assert transactions(engine_at, url) == 0
    assert gc.isenabled()
    assert first_difference(entries(PAYROLL), stream(engine, PAYROLL.id)) is None


def test_a_strategy_without_a_stream_says_so() -> None:
    with pytest.raises(strategies.StrategyError, match="offers no iter_premiums_for_payroll"):
        strategies.stream(strategies.load("full_orm"))


def test_threads_may_share_the_engine(strategy: strategies.Strategy, engine: Engine) -> None:
    def read(_: int) -> str | None:
        result = strategy.get_premiums_for_payroll(engine, SHORTER.id)
        return first_difference(entries(SHORTER), result)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [None] * 4
    assert gc.isenabled()
    assert checked_out(engine) == 0


def test_more_threads_than_connections_all_get_their_turn(
    strategy: strategies.Strategy, engine: Engine
) -> None:
    """A strategy with two connections must not have every thread hold one, waiting for another."""
    with ThreadPoolExecutor(40) as pool:
        read = pool.map(lambda _: strategy.get_premiums_for_payroll(engine, UNKNOWN), range(40))
        assert [len(result) for result in read] == [0] * 40


def test_what_a_stream_needs_does_not_grow_with_the_payroll(
    stream: IterPremiumsForPayroll, engine: Engine
) -> None:
    def peak(payroll: Payroll) -> int:
        """The most bytes at once, as tracemalloc counts, with no entry kept."""
        tracemalloc.start()
        for _ in stream(engine, payroll.id):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    for _ in stream(engine, SHORTER.id):  # what is made once is not of the stream
        pass
    assert peak(PAYROLL) < 1.3 * peak(SHORTER)


# SQLAlchemy does not close the server-side cursor of a connection that is gone; psycopg says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_killed_while_the_collector_is_paused(
    strategy: strategies.Strategy, engine: Engine, engine_at: Callable[[URL], Engine], url: URL
) -> None:
    """Killed where its statement waits for a lock: amid a list that is being made."""
    with engine_at(url).connect() as blocking, ThreadPoolExecutor(1) as thread:
        blocking.execute(text("LOCK TABLE premium_component IN ACCESS EXCLUSIVE MODE"))
        reading = thread.submit(strategy.get_premiums_for_payroll, engine, PAYROLL.id)
        while not blocking.scalars(text(KILL_WHO_WAITS)).all():
            assert not reading.done()
        with pytest.raises(Exception, match=r"(?i)terminat|closed|connection"):
            reading.result()
    assert gc.isenabled()
    assert checked_out(engine) == 0
    del reading
    gc.collect()


def test_a_statement_timeout_reaches_the_caller(
    strategy: strategies.Strategy, engine_at: Callable[..., Engine], url: URL
) -> None:
    """Its statement waits for a lock until the server cancels it; then all is well again."""
    options = f"{url.query['options']} -cstatement_timeout=500"
    engine = engine_at(url.update_query_dict({"options": options}))
    assert list(strategy.get_premiums_for_payroll(engine, UNKNOWN)) == []
    with engine_at(url).begin() as blocking:
        blocking.execute(text("LOCK TABLE premium_component IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Exception, match="statement timeout"):
            strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    assert gc.isenabled()
    assert checked_out(engine) == 0
    # An unknown payroll, which even a busy machine reads within the limit.
    assert list(strategy.get_premiums_for_payroll(engine, UNKNOWN)) == []


def test_a_connection_killed_amid_the_read_reaches_the_caller(
    stream: IterPremiumsForPayroll, engine: Engine, engine_at: Callable[..., Engine], url: URL
) -> None:
    def read_while_it_is_killed() -> None:
        reading = stream(engine, PAYROLL.id)
        next(reading)
        with engine_at(url).connect() as killer:
            killer.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_class ON oid = relation"
                    " WHERE relname = 'premium_entry' AND pid <> pg_backend_pid()"
                    " AND relnamespace = current_schema()::regnamespace"
                )
            )
        for _ in reading:
            pass

    with pytest.raises(Exception, match=r"(?i)terminat|closed|connection"):
        read_while_it_is_killed()
    assert gc.isenabled()
    assert checked_out(engine) == 0
    engine.dispose()
    assert first_difference(entries(PAYROLL), stream(engine, PAYROLL.id)) is None
