"""What tests of reads share: two payrolls in a schema, and who reads from it."""

from __future__ import annotations

import gc
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from harness.payroll.generator import Payroll, entries, shuffled_indices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

PAYROLL, SHORTER = Payroll(1_500, 6), Payroll(500, 6)
READERS = (
    "pg_locks JOIN pg_class ON oid = relation JOIN pg_stat_activity USING (pid) "
    "WHERE backend_type = 'client backend' AND relname IN ('premium_entry', 'premium_component') "
    "AND relnamespace = current_schema()::regnamespace AND pid <> pg_backend_pid()"
)
"""Other clients that are in a transaction on this schema's tables; no autovacuum."""


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
    """Whether the engine has every connection back, and the collector runs."""
    pool: Any = engine.pool
    return pool.checkedout() == 0 and gc.isenabled()
