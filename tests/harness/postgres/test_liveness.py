"""A server that hangs is found out in a bounded time, and a lost connection without a question."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from harness.base.errors import DatabaseError
from harness.payroll.generator import Payroll
from harness.postgres import liveness
from harness.postgres.connection import Database, connected
from harness.postgres.liveness import (
    answers,
    is_away,
    is_lost,
    keep_alive,
    wait_until_back,
    watched,
)
from harness.postgres.session import DROPPED
from harness.postgres.writer import provide
from trust._servers import Foreign, foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL


@pytest.fixture(scope="module")
def server() -> Iterator[Foreign]:
    with foreign() as server:
        yield server


@pytest.fixture
def url(server: Foreign) -> URL:
    """Where it is found by who waits for it as shortly as libpq can."""
    return server.url.update_query_dict({"connect_timeout": "2"})


def test_a_statement_ends_when_the_server_hangs(
    server: Foreign, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> None:
        with connected(url) as connection, watched(connection):
            connection.execute(text("SELECT pg_sleep(0.5)"))  # slow is not hanging
            server.send(signal.SIGSTOP)
            connection.execute(text("SELECT 1"))

    monkeypatch.setattr(liveness, "SECONDS_BETWEEN", 0.1)
    with pytest.raises(DatabaseError, match="Postgres at "):
        ask()
    assert not answers(url)
    server.send(signal.SIGCONT)
    assert answers(url)
    assert answers(url.set(database="none"))  # a refusal is an answer


def test_a_payroll_is_not_waited_for_when_the_server_hangs(
    server: Foreign, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> None:
        with connected(url) as alive:
            server.send(signal.SIGSTOP)
            provide(Database(url, "ours", DROPPED, "18", alive), Payroll(3, 1))

    monkeypatch.setattr(liveness, "SECONDS_BETWEEN", 0.1)
    with pytest.raises(DatabaseError, match="Postgres at "):
        ask()
    server.send(signal.SIGCONT)


def test_a_connection_is_lost_when_the_server_ends_it(server: Foreign) -> None:
    with connected(server.url) as connection:
        keep_alive(connection)
        assert not is_lost(connection)
        server.end_connections()
        assert is_lost(connection)


def test_a_server_that_came_back_is_held_again(server: Foreign) -> None:
    with connected(server.url) as alive:
        database = Database(server.url, "ours", "none", "18", alive, server.start)
        server.stop("immediate")
        assert is_away(database, ask=False)
        wait_until_back(database)
        assert not is_away(database, ask=True)


def test_one_that_stays_away_is_not_waited_for_for_ever(
    server: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "SECONDS_TO_COME_BACK", 0.1)
    with connected(server.url) as alive:
        server.stop()
        with pytest.raises(DatabaseError, match="Postgres at "):
            wait_until_back(Database(server.url, "ours", "none", "18", alive))
    server.start()
