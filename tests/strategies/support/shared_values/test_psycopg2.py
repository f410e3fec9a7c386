"""psycopg2's typecasters: of a connection, and none that the application registered."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2 import extensions
from sqlalchemy import text

from sharing_engines import EDGES, Worked, columns
from strategies.support.shared_values import psycopg2, share_values, values_shared

if TYPE_CHECKING:
    from collections.abc import Callable

NUMERIC = 1700


def test_a_typecaster_that_the_application_registered_stays(worked: Callable[..., Worked]) -> None:
    listed = extensions.new_type((NUMERIC,), "LISTED", lambda raw, _: [raw])

    def work(connection: Any) -> Any:
        extensions.register_type(listed, connection.connection.driver_connection)
        with values_shared(connection):
            return [connection.scalar(text("SELECT 1.0")) for _ in range(2)]

    first, second = worked("psycopg2").run(work)
    assert first == second == ["1.0"]
    assert first is not second


def test_a_typecaster_of_all_connections_stays(
    worked: Callable[..., Worked], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_float = extensions.new_type((NUMERIC,), "FLOATING", lambda raw, _: raw and float(raw))
    monkeypatch.setitem(extensions.string_types, NUMERIC, as_float)
    engine = worked("psycopg2")
    share_values(engine.made)
    assert engine.run(lambda c: c.exec_driver_sql("SELECT 1.0").scalar()) == 1.0
    assert engine.run(lambda c: type(c.exec_driver_sql("SELECT 1.0").scalar())) is float


def test_a_cursor_with_time_zones_of_its_own_has_them(worked: Callable[..., Worked]) -> None:
    def work(connection: Any) -> Any:
        with values_shared(connection):
            columns(connection, EDGES)
            cursor = connection.connection.driver_connection.cursor()
            cursor.tzinfo_factory = lambda offset: timezone(offset, "of my own")
            cursor.execute("SET TIME ZONE 'Asia/Tokyo'")
            cursor.execute("SELECT timestamptz '1970-01-01'")
            return cursor.fetchone()[0].tzinfo

    assert worked("psycopg2").run(work) == timezone(timedelta(hours=9))
    assert worked("psycopg2").run(work).tzname(None) == "of my own"


def test_the_typecasters_are_put_back(worked: Callable[..., Worked]) -> None:
    def work(connection: Any) -> Any:
        casters = connection.connection.driver_connection.string_types
        before = dict(casters)
        with values_shared(connection):
            assert {*psycopg2.SHARED, *psycopg2.TEXTS} <= casters.keys()
        return before, casters

    before, after = worked("psycopg2").run(work)
    assert before == after
