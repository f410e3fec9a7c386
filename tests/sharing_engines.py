"""Engines of each driver, sync or async, all of them worked with from synchronous code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, Numeric, String, Uuid, text

from callmeter.call import Loop
from harness.payroll import drivers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.types import TypeEngine

DRIVERS = [("psycopg", False), ("psycopg2", False), ("psycopg", True), ("asyncpg", True)]
"""SQLAlchemy's Postgres drivers, and whether the engine is async."""
TYPES: dict[str, TypeEngine[Any]] = {
    "u": Uuid(),
    "n": Numeric(),
    "d": Date(),
    "t": DateTime(),
    "z": DateTime(timezone=True),
    "s": String(),
}
"""A column of every type that is shared."""
EDGES = """
SELECT u::uuid, n::numeric, d::date, t::timestamp, z::timestamptz, s::text FROM (VALUES
    ('56b0df0f-71bc-4f25-8123-c42348036864', '1.0', '0001-01-01', '0001-01-01', '1999-12-31', ''),
    ('56b0df0f-71bc-4f25-8123-c42348036865', '1.00', '9999-12-31', '9999-12-31',
        '2026-03-29 01:30+00', 'a'),
    ('00000000-0000-0000-0000-000000000000', '-0.01', '2026-04-24', '2026-04-24 06:30:15.000001',
        '2026-03-29 01:30+02', repeat('long ', 40)),
    ('ffffffff-ffff-ffff-ffff-ffffffffffff', '0', '2000-02-29', '2000-01-01', '2026-10-25 01:30+00',
        '1.0'),
    (NULL, NULL, NULL, NULL, NULL, NULL),
    ('56b0df0f-71bc-4f25-8123-c42348036864', 'NaN', '1582-10-15', '1970-01-01', '1970-01-01',
        U&'\\00e9'),
    ('56b0df0f-71bc-4f25-8123-c42348036864', '10000', '1970-01-01', '1970-01-01',
        '2026-04-24 06:30:15.123456+00', '\\x'),
    ('56b0df0f-71bc-4f25-8123-c42348036864', '123456789012345678901234567890.0000000001',
        '1970-01-01', '1970-01-01', '1970-01-01', 'a')
) AS edges(u, n, d, t, z, s), generate_series(1, 60)
"""
"""Values at the edges of their types, each sixty times."""


class Worked:
    """An engine and its event loop; `run` works with a connection of it."""

    def __init__(self, url: URL, driver: str, *, is_async: bool, **options: Any) -> None:
        self.loop = Loop()
        self.made = drivers.make_engine(url, driver, is_async=is_async, **options)
        self.is_async = is_async
        self.engine: Engine = self.made.sync_engine if is_async else self.made

    def run(self, work: Callable[[Connection], Any]) -> Any:
        """Return what `work` returns of a connection, which goes back to the pool."""
        if not self.is_async:
            with self.made.connect() as connection:
                return work(connection)
        return self.loop.finish(self._run(work))

    async def _run(self, work: Callable[[Connection], Any]) -> Any:
        async with self.made.connect() as connection:
            return await connection.run_sync(work)

    def close(self) -> None:
        self.loop.finish(self.made.dispose())
        self.loop.close()


def columns(
    connection: Connection, query: str, types: dict[str, TypeEngine[Any]] | None = None
) -> list[tuple[Any, ...]]:
    """Return the columns of a query, whose names are those of TYPES."""
    typed = text(query).columns(**(types or TYPES))
    return list(zip(*connection.execute(typed).all(), strict=True))


def seen(values: list[tuple[Any, ...]]) -> list[list[tuple[type, str]]]:
    """Return all that can be told of values but their identity."""
    return [[(type(value), repr(value)) for value in column] for column in values]


def objects(column: tuple[Any, ...]) -> int:
    return len({id(value) for value in column})
