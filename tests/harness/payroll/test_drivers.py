"""An engine of each driver, from the URLs that the harness has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, text

from callmeter.errors import NotAvailableError
from harness.payroll import drivers
from harness.payroll.generator import Payroll, entries
from harness.payroll.loading import load
from harness.payroll.verify import first_difference
from harness.postgres.dsn import in_schema, parse_dsn
from reads import on_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harness.payroll.reading import Reader
    from strategies.support.contract import PremiumEntry

PAYROLL = Payroll(20, 2)
STRATEGIES = [
    *(("core_rows", driver) for driver in drivers.SYNC),
    *(("async_orm", driver) for driver in drivers.ASYNC),
]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


@pytest.mark.parametrize(("name", "driver"), STRATEGIES)
def test_it_connects_as_psycopg_does(
    name: str, driver: str, url: URL, reader_at: Callable[..., Reader]
) -> None:
    """Over a socket, into a schema, in UTC: all of that is in the URL's query."""
    there = url.update_query_dict({"application_name": "it's us", "keepalives": "1"})
    reader = reader_at(load(name), there, driver)
    assert reader.engine.dialect.driver == driver
    assert first_difference(entries(PAYROLL), reader.read(PAYROLL.id)) is None
    for setting, value in (("timezone", "UTC"), ("application_name", "it's us")):
        statement = text(f"SHOW {setting}")
        assert on_connection(reader, lambda found, show=statement: found.scalar(show)) == value


def test_asyncpg_gets_what_is_in_a_dsn() -> None:
    url = in_schema(parse_dsn("postgresql://me:a%2Fb%20c@db:5433/x?sslmode=require"), "s")
    engine = drivers.make_engine(url, "asyncpg", is_async=True)
    (arguments,) = [engine.dialect.create_connect_args(engine.url)[1]]
    assert arguments == {
        "host": "db",
        "port": 5433,
        "user": "me",
        "password": "a/b c",
        "database": "x",
    }
    passed = drivers.as_asyncpg(url)
    assert passed["timeout"] == 10
    assert "sslmode=require" in passed["dsn"]
    assert "connect_timeout" not in passed["dsn"]
    assert "options=-csearch_path%3Ds" in passed["dsn"]


@pytest.mark.parametrize("word", ["channel_binding=require", "hostaddr=10.0.0.1"])
def test_what_asyncpg_cannot_do_is_not_dropped_in_silence(word: str) -> None:
    url = parse_dsn(f"postgresql://me@db/x?{word}")
    with pytest.raises(NotAvailableError, match=f"cannot connect with {word.partition('=')[0]}"):
        drivers.make_engine(url, "asyncpg", is_async=True)
