"""Values are shared with every driver: the same as before, within bounds, and with nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import ARRAY, Numeric, Uuid, bindparam, create_engine, select, text
from sqlalchemy.dialects.postgresql import NUMRANGE, Range
from sqlalchemy.exc import DBAPIError

from sharing_engines import EDGES, TYPES, Worked, columns, objects, seen
from strategies.support.shared_values import DRIVERS, POOLS, share_values, values_shared

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

DISTINCT = """
SELECT gen_random_uuid() AS u, i::numeric AS n, date '2000-01-01' + i AS d,
    timestamp '2000-01-01' + i * interval '1 s' AS t,
    timestamptz '2000-01-01' + i * interval '1 s' AS z, 'text ' || i AS s
FROM generate_series(1, 3000) AS i
"""
ID = text("SELECT '56b0df0f-71bc-4f25-8123-c42348036864'::uuid").columns(u=Uuid())
SENT: list[tuple[TypeEngine[Any], Any]] = [
    (TYPES["u"], UUID(int=7)),
    *((TYPES["n"], Decimal(n)) for n in ("1.0", "1.00", "-0.010", "0.00", "1E+6", "NaN")),
    (TYPES["n"], Decimal("123456789012345678901234567890.1234500")),
    (TYPES["d"], date(1, 1, 2)),
    (TYPES["t"], datetime(2026, 4, 24, 6, 30, 15, 1)),
    (TYPES["z"], datetime(2026, 4, 24, 6, 30, tzinfo=timezone(timedelta(hours=5)))),
    (TYPES["s"], "\N{SNOWMAN} text"),
    (ARRAY(Uuid()), [UUID(int=7), None]),
    (ARRAY(Numeric()), [Decimal("1.0"), Decimal("1.00")]),
    (NUMRANGE(), Range(Decimal("1.0"), Decimal("2.00"))),
]


@pytest.mark.parametrize("bound", [1, 2, 7, 4096])
def test_the_values_are_the_same(pair: tuple[Worked, Worked], bound: int) -> None:
    sharing, plain = pair
    share_values(sharing.made, bound)
    for query in (EDGES, DISTINCT.replace("gen_random_uuid()", "md5(i::text)::uuid"), EDGES):
        found = sharing.run(lambda connection, query=query: columns(connection, query))
        assert seen(found) == seen(plain.run(lambda c, query=query: columns(c, query)))


def test_equal_values_are_one_object(pair: tuple[Worked, Worked]) -> None:
    sharing, plain = pair
    share_values(sharing.made)
    assert all(objects(column) > 200 for column in plain.run(lambda c: columns(c, EDGES))[:5])
    for name, column in zip(TYPES, sharing.run(lambda c: columns(c, EDGES)), strict=True):
        long = [value for value in column if isinstance(value, str) and len(value) > 64]
        assert objects(column) - len(long) <= len({*map(repr, column)}), name


def test_what_does_not_repeat_is_not_held(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair
    share_values(sharing.made)

    def held(connection: Connection) -> int:
        columns(connection, DISTINCT)
        return sum(len(pool) + len(pool._old) for pool in connection.info[POOLS].values())

    assert sharing.run(held) < 3_000


def test_what_is_sent_arrives_as_before(pair: tuple[Worked, Worked]) -> None:
    share_values(pair[0].made)
    for type_, value in SENT:
        query = select(bindparam("value", value, type_))
        found, expected = (w.run(lambda c, query=query: c.scalar(query)) for w in pair)
        assert repr(found) == repr(expected)


def test_pools_are_a_connections_own_and_end_with_its_use(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair
    share_values(sharing.made)

    def twice(connection: Connection) -> Any:
        first, again = (connection.scalar(ID) for _ in range(2))
        assert first is again
        return first, connection.info

    (first, pools), (later, same) = sharing.run(twice), sharing.run(twice)
    assert pools is same
    assert not pools[POOLS]
    assert first == later
    assert first is not later


def test_a_connection_that_is_lost_takes_its_pools_with_it(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair
    share_values(sharing.made)
    sharing.run(lambda connection: (connection.scalar(ID), connection.invalidate()))
    assert sharing.run(lambda connection: connection.scalar(ID)) == UUID(
        "56b0df0f-71bc-4f25-8123-c42348036864"
    )


@pytest.mark.parametrize("is_shared", [False, True], ids=["plain engine", "engine that shares"])
def test_a_block_shares_without_a_bound_and_leaves_nothing(
    pair: tuple[Worked, Worked], is_shared: bool
) -> None:
    sharing, plain = pair
    if is_shared:
        share_values(sharing.made, 1)

    def work(connection: Connection) -> Any:
        before = columns(connection, EDGES)
        with values_shared(connection):
            inside = columns(connection, EDGES)
        return before, inside, columns(connection, EDGES)

    expected = seen(plain.run(lambda connection: columns(connection, EDGES)))
    before, inside, after = sharing.run(work)
    assert [seen(found) for found in (before, inside, after)] == [expected] * 3
    assert [objects(column) for column in inside[:5]] == [5, 8, 7, 6, 7]
    assert objects(after[1]) > 400
    assert not {*map(id, filter(None, after[0]))} & {*map(id, inside[0])}


def test_a_block_that_ends_by_an_error_leaves_nothing(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair

    def work(connection: Connection) -> Any:
        with pytest.raises(LookupError), values_shared(connection):
            raise LookupError
        first, again = (connection.scalar(ID) for _ in range(2))
        return first is again

    assert not sharing.run(work)


def test_a_block_inside_another_ends_alone(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair

    def work(connection: Connection) -> Any:
        found = []
        with values_shared(connection):
            with values_shared(connection):
                found += [connection.scalar(ID), connection.scalar(ID)]
            found += [connection.scalar(ID), connection.scalar(ID)]
        return [*found, connection.scalar(ID), connection.scalar(ID)]

    found = sharing.run(work)
    assert [a is b for a, b in zip(found[::2], found[1::2], strict=True)] == [True, True, False]


def test_a_block_whose_transaction_failed_leaves_nothing(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair

    def fail(connection: Connection) -> None:
        with pytest.raises(DBAPIError, match="division by zero"), values_shared(connection):
            connection.execute(text("SELECT 1 / 0"))

    sharing.run(fail)
    first, again = sharing.run(lambda connection: [connection.scalar(ID) for _ in range(2)])
    assert first is not again


def test_a_block_outlives_its_connection(pair: tuple[Worked, Worked]) -> None:
    sharing, _ = pair

    def work(connection: Connection) -> None:
        with values_shared(connection):
            connection.invalidate()

    sharing.run(work)
    assert sharing.run(lambda connection: connection.scalar(ID)) is not None


def test_a_change_of_time_zone_is_seen(pair: tuple[Worked, Worked]) -> None:
    sharing, plain = pair
    share_values(sharing.made)

    def read(connection: Connection) -> Any:
        query = text("SELECT timestamptz '2026-04-24 06:30:15Z'")
        found = []
        for zone in ("UTC", "Asia/Tokyo", "UTC"):
            connection.execute(text(f"SET TIME ZONE '{zone}'"))
            found += [connection.scalar(query) for _ in range(2)]
        return found

    assert [repr(value) for value in sharing.run(read)] == [repr(v) for v in plain.run(read)]
    assert sharing.run(read)[0] == datetime(2026, 4, 24, 6, 30, 15, tzinfo=UTC)


def test_another_driver_is_refused() -> None:
    engine = create_engine("sqlite://")
    with pytest.raises(ValueError, match=r"asyncpg, psycopg, psycopg2, not in pysqlite"):
        share_values(engine)
    with engine.connect() as connection, pytest.raises(ValueError, match="pysqlite"):
        values_shared(connection).__enter__()
    engine.dispose()


def test_every_driver_is_found_by_its_file() -> None:
    assert DRIVERS == ["asyncpg", "psycopg", "psycopg2"]
