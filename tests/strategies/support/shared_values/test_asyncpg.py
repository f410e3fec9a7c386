"""asyncpg's codecs: values as asyncpg has them, both ways, and none that the application set."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import MissingGreenlet

from sharing_engines import Worked
from strategies.support.shared_values import _binary as binary
from strategies.support.shared_values import share_values, values_shared

if TYPE_CHECKING:
    from collections.abc import Callable

RAW: list[tuple[str, Any]] = [
    *(("date", day) for day in (date.min, date.max, datetime(2026, 4, 24, 5), date(1900, 2, 28))),
    *(("timestamp", moment) for moment in (datetime.min, datetime.max, date(2026, 4, 24))),
    *(("timestamptz", moment) for moment in (datetime.min, datetime.max, date(2026, 4, 24))),
    ("uuid", "56b0df0f-71bc-4f25-8123-c42348036864"),
    *(("numeric", n) for n in (1, "1.10", Decimal("0E-10"), Decimal("1E+30"), Decimal("12E+7"))),
    *(("numeric", Decimal(n)) for n in ("0.0001", "1.0000", "-99990000", "9999.9999", "-Infinity")),
    ("uuid[]", [UUID(int=1), None]),
    ("numrange", (Decimal("1.0"), Decimal("2.00"))),
]
REFUSED: list[tuple[str, Any]] = [
    ("numeric", Decimal("1E-16384")),
    ("text", 7),
    ("uuid", 7),
    ("uuid", "no uuid"),
    ("date", "2026-04-24"),
    ("timestamp", "2026-04-24"),
]


@pytest.fixture
def both(worked: Callable[..., Worked]) -> tuple[Worked, Worked]:
    first, second = (worked("asyncpg", is_async=True) for _ in range(2))
    share_values(first.made)
    return first, second


def fetched(worked: Worked, query: str, *values: Any) -> Any:
    """Return the value that asyncpg itself fetches."""

    def work(connection: Any) -> Any:
        return connection.connection.dbapi_connection.run_async(
            lambda driver: driver.fetchval(query, *values)
        )

    return worked.run(work)


@pytest.mark.parametrize(("name", "value"), RAW)
def test_a_value_is_sent_and_returned_as_by_asyncpg(
    both: tuple[Worked, Worked], name: str, value: Any
) -> None:
    stored, returned = (f"SELECT $1::{name}::text", f"SELECT $1::{name}")
    for query in (stored, returned):
        found, expected = (repr(fetched(worked, query, value)) for worked in both)
        assert found == expected


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_asyncpg_refuses_is_refused(
    both: tuple[Worked, Worked], name: str, value: Any
) -> None:
    errors = []
    for worked in both:
        with pytest.raises(Exception, match="invalid input for query argument") as raised:
            fetched(worked, f"SELECT $1::{name}", value)
        errors.append(type(raised.value))
    assert errors[0] is errors[1]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=7) | st.decimals(-1, 1, places=30))
def test_a_number_is_the_same_after_both_ways(number: Decimal) -> None:
    again = binary.to_decimal(binary.from_decimal(number))
    assert again.as_tuple().exponent == number.as_tuple().exponent
    assert again == number


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_is_the_same_after_both_ways(moment: datetime) -> None:
    try:
        raw = binary.from_timestamptz(moment)
    except OverflowError:  # beyond Python's calendar in UTC
        return
    assert binary.to_timestamptz(raw).replace(tzinfo=None) == _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    assert offset is not None
    return moment.replace(tzinfo=None) - offset


def test_a_composite_value_with_numbers_is_read(both: tuple[Worked, Worked]) -> None:
    query = "SELECT ROW(1.10, 'x'::text, '2026-04-24'::date)"
    assert [*fetched(both[0], query)] == [*fetched(both[1], query)]


def test_a_codec_that_the_application_set_stays(worked: Callable[..., Worked]) -> None:
    def work(connection: Any) -> Any:
        async def listed(driver: Any) -> None:
            await driver.set_type_codec(
                "numeric", schema="pg_catalog", encoder=str, decoder=lambda raw: [raw]
            )

        connection.connection.dbapi_connection.run_async(listed)
        with values_shared(connection):
            return [connection.scalar(text("SELECT 1.0")) for _ in range(2)]

    first, second = worked("asyncpg", is_async=True).run(work)
    assert first == second == ["1.0"]
    assert first is not second


def test_a_block_without_a_greenlet_is_refused_before_it_begins(
    worked: Callable[..., Worked],
) -> None:
    engine = worked("asyncpg", is_async=True)

    async def work() -> None:
        async with engine.made.connect() as connection:
            with pytest.raises(MissingGreenlet), values_shared(connection.sync_connection):
                pass

    engine.loop.finish(work())


def test_a_block_on_an_engine_that_shares_needs_no_greenlet(worked: Callable[..., Worked]) -> None:
    engine = worked("asyncpg", is_async=True)
    share_values(engine.made)

    async def work() -> None:
        async with engine.made.connect() as connection:
            with values_shared(connection.sync_connection):
                first, again = [await connection.scalar(text("SELECT 1.0")) for _ in range(2)]
            assert first is again

    engine.loop.finish(work())
