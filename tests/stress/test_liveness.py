"""A server that hangs is found out in a bounded time, and a lost connection without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from harness.base.errors import DatabaseError
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
from stress.servers import Foreign, foreign_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[Foreign]:
    with foreign_server() as server:
        yield server


def test_a_statement_ends_when_the_server_hangs(
    server: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url.update_query_dict({"connect_timeout": "2"})  # the shortest of libpq

    def ask() -> None:
        with connected(url) as connection, watched(connection):
            connection.execute(text("SELECT pg_sleep(0.5)"))  # slow is not hanging
            server.freeze()
            connection.execute(text("SELECT 1"))

    monkeypatch.setattr(liveness, "SECONDS_BETWEEN", 0.1)
    with pytest.raises(DatabaseError, match="Postgres at "):
        ask()
    assert not answers(url)
    server.start()
    assert answers(url)
    assert answers(url.set(database="none"))  # a refusal is an answer


def test_a_connection_is_lost_when_the_server_ends_it(server: Foreign) -> None:
    with connected(server.url) as connection:
        keep_alive(connection)
        assert not is_lost(connection)
        server.end_connections()
        assert is_lost(connection)


def test_a_server_that_comes_back_is_connected_to_again(
    server: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that stays away is not waited for endlessly."""
    monkeypatch.setattr(liveness, "SECONDS_TO_COME_BACK", 0.1)
    with connected(server.url) as alive:
        server.stop_at_once()
        assert is_away(Database(server.url, "ours", "none", "18", alive), ask=False)
        with pytest.raises(DatabaseError, match="Postgres at "):
            wait_until_back(Database(server.url, "ours", "none", "18", alive))
        database = Database(server.url, "ours", "none", "18", alive, server.start)
        wait_until_back(database)
        assert not is_away(database, ask=True)
