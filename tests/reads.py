"""What tests of reads share: two payrolls in a schema, and who reads from it."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

from harness.payroll.generator import Payroll, entries, shuffled_indices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import URL, Connection, Engine

    from harness.payroll.reading import Reader
    from strategies.support.contract import PremiumEntry

PAYROLL, SHORTER, UNKNOWN = Payroll(1_500, 6), Payroll(500, 6), UUID(int=0)
THRESHOLDS = gc.get_threshold()
READERS = (
    "pg_locks JOIN pg_class ON oid = relation JOIN pg_stat_activity USING (pid) "
    "WHERE backend_type = 'client backend' AND relname IN ('premium_entry', 'premium_component') "
    "AND relnamespace = current_schema()::regnamespace AND pid <> pg_backend_pid()"
)
"""Other clients that are in a transaction on this schema's tables; no autovacuum."""
ADD_COMPONENTS = text(
    "INSERT INTO premium_component SELECT gen_random_uuid(), entry_id, 100 * :n, "
    "insured_person_id, policy_id, tariff_id, kind, payer, amount, tax_rate, tax_amount, "
    "valid_from, valid_to FROM premium_component WHERE position = 0"
)
"""Another component of each entry that has some, the nth that is added."""


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    """The schema with both payrolls."""
    shuffled = (entries(payroll, shuffled_indices(payroll)) for payroll in (PAYROLL, SHORTER))
    return written(chain.from_iterable(shuffled))


@pytest.fixture
def other(url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    """An engine that is not the one that reads."""
    return engine_at(url)


def is_at_rest(engine: Engine) -> bool:
    """Whether the engine has every connection back, and no pause of the collector is left."""
    pool: Any = engine.pool
    return pool.checkedout() == 0 and gc.isenabled() and gc.get_threshold() == THRESHOLDS


def side_by_side(
    reader: Reader, payrolls: Sequence[UUID], threads: int, *, streams: bool = False
) -> list[Any]:
    """Read the payrolls at once: in threads, or as tasks of the reader's event loop."""
    if reader.is_async:
        return reader.loop.finish(_in_tasks(reader, payrolls, streams=streams))  # type: ignore[no-any-return]
    with ThreadPoolExecutor(threads) as pool:
        read = (lambda one: list(reader.stream(one))) if streams else reader.read
        return list(pool.map(read, payrolls))


async def _in_tasks(reader: Reader, payrolls: Sequence[UUID], *, streams: bool) -> list[Any]:
    strategy: Any = reader.strategy

    async def streamed(payroll: UUID) -> list[Any]:
        return [entry async for entry in strategy.iter_premiums_for_payroll(reader.made, payroll)]

    async def read(payroll: UUID) -> Any:
        return await strategy.get_premiums_for_payroll(reader.made, payroll)

    return await asyncio.gather(*map(streamed if streams else read, payrolls))


def on_connection(reader: Reader, function: Callable[[Connection], Any]) -> Any:
    """Return what the function returns of a connection of the reader's engine."""

    async def run() -> Any:
        async with reader.made.connect() as connection:
            return await connection.run_sync(function)

    if reader.is_async:
        return reader.loop.finish(run())
    with reader.engine.connect() as connection:
        return function(connection)
