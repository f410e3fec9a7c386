"""ADBC's connections: used again, of one state, closed by the server, among threads, forked."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies.arrow_columns import get_premiums_for_payroll
from strategies.support import adbc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

PAYROLL = Payroll(50, 2)
NAME = "test_adbc"


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL)).update_query_dict({"application_name": NAME})


@pytest.fixture
def changed(
    written: Callable[[Iterable[PremiumEntry]], URL], engine_at: Callable[[URL], Engine]
) -> Engine:
    """An engine of a schema that the test may change."""
    return engine_at(written(entries(PAYROLL)))


def read(engine: Engine) -> str | None:
    return first_difference(entries(PAYROLL), get_premiums_for_payroll(engine, PAYROLL.id))


def sessions(engine: Engine) -> list[Any]:
    """Return the server's processes for all but SQLAlchemy's own connection."""
    with engine.connect() as connection:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            f"AND application_name = '{NAME}' ORDER BY pid"
        )
        return list(connection.scalars(text(query)))


def test_a_read_uses_its_two_connections_again(engine: Engine) -> None:
    assert read(engine) is None
    first = sessions(engine)
    assert len(first) == 2
    assert read(engine) is None
    assert sessions(engine) == first
    engine.dispose()
    assert sessions(engine) == []


def test_both_queries_see_one_state(changed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract suite writes between an engine's statements; these are not an engine's."""
    batches, deleted = adbc._batches, []

    def delete_a_component_first(connection: Any, statement: str) -> Any:
        if "premium_component" in statement:
            with changed.begin() as other:
                found = other.execute(text("DELETE FROM premium_component WHERE position = 1"))
                deleted.append(found.rowcount)
        return batches(connection, statement)

    monkeypatch.setattr(adbc, "_batches", delete_a_component_first)
    assert read(changed) is None
    assert deleted == [PAYROLL.entries]


def two_pairs(engine: Engine) -> list[Any]:
    """Return the processes of two idle pairs of connections."""
    with adbc.premium_batches(engine, PAYROLL.id), adbc.premium_batches(engine, PAYROLL.id):
        pass
    found = sessions(engine)
    assert len(found) == 4
    return found


@pytest.mark.parametrize("of_a_pair", [1, 2])
def test_idle_connections_that_the_server_closed_are_made_anew(
    engine: Engine, of_a_pair: int
) -> None:
    before = two_pairs(engine)
    with engine.connect() as connection:
        for pid in before[:: 3 - of_a_pair]:
            assert connection.scalar(text(f"SELECT pg_terminate_backend({pid}, 5000)"))
    for _ in range(3):
        assert read(engine) is None
    with adbc.premium_batches(engine, PAYROLL.id), adbc.premium_batches(engine, PAYROLL.id):
        assert not {*before} & {*sessions(engine)}


def test_more_calls_at_once_than_the_pool_lends_wait_and_end(engine: Engine) -> None:
    """Were the two connections of a call lent singly, all could wait for their second."""
    at_once = 20
    barrier = Barrier(at_once)

    def read_with_the_others(_: int) -> str | None:
        barrier.wait()
        return read(engine)

    with ThreadPoolExecutor(at_once) as pool:
        assert list(pool.map(read_with_the_others, range(at_once))) == [None] * at_once


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_leaves_its_parents_connections_alone(engine: Engine) -> None:
    """Neither those that its parent is reading from nor the idle ones that it finds in the pool."""
    before = two_pairs(engine)
    with engine.connect() as connection:
        of_the_parents_engine = connection.scalar(text("SELECT pg_backend_pid()"))
    with adbc.premium_batches(engine, PAYROLL.id) as (half_read, _):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                with adbc.premium_batches(engine, PAYROLL.id):
                    engine.dispose(close=False)  # its SQLAlchemy connection is the parent's too
                    of_the_child = {*sessions(engine)} - {*before, of_the_parents_engine}
                    status = int(len(of_the_child) != 2)
            finally:
                os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0
        assert sum(batch.num_rows for batch in half_read) == PAYROLL.entries
    assert read(engine) is None
    assert sessions(engine) == before
