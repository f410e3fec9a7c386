"""The functions of the yardsticks: each takes (engine, payroll)."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func

from harness.payroll.generator import Payroll, entries, pools_of
from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES, PremiumComponentRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Dialect, Engine

    from harness.payroll.generator import Pools
    from harness.payroll.use import Sums
    from strategies.support.contract import PremiumEntry

QUERIES = (SELECT_ENTRIES, SELECT_COMPONENTS)
SELECT_SUMS = (
    SELECT_COMPONENTS.with_only_columns(
        PremiumComponentRow.kind, func.sum(PremiumComponentRow.amount)
    )
    .order_by(None)
    .group_by(PremiumComponentRow.kind)
)


def floor(_: Engine, payroll: Payroll) -> list[PremiumEntry]:
    """Return the payroll's entries, made in Python."""
    return list(entries(payroll, pools=pools_of_floor(payroll)))


@cache
def pools_of_floor(payroll: Payroll) -> Pools:
    """Return the pools that the floor's values are drawn from, made once."""
    return pools_of(payroll)


def raw_tuples(engine: Engine, payroll: Payroll) -> list[list[tuple[Any, ...]]]:
    """Return the rows of both queries as the driver makes them."""
    statements, parameters = _statements(engine.dialect), {"payroll_id": payroll.id}
    with closing(engine.raw_connection()) as pooled, closing(pooled.cursor()) as cursor:
        return [_fetched(cursor, statement, parameters) for statement in statements]


@cache
def _statements(dialect: Dialect) -> list[str]:
    return [str(query.compile(dialect=dialect)) for query in QUERIES]


def _fetched(cursor: Any, statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(statement, parameters)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def drained_arrow(engine: Engine, payroll: Payroll) -> int:
    """Return the number of rows of both queries, whose Arrow batches are read and let go."""
    from strategies.support.adbc import premium_batches  # only here: it loads pyarrow

    with premium_batches(engine, payroll.id) as queries:
        return sum(batch.num_rows for batches in queries for batch in batches)


def sum_in_sql(engine: Engine, payroll: Payroll) -> Sums:
    """Return the sum of the payroll's amounts by kind, as Postgres adds them up."""
    with engine.connect() as connection:
        return dict(connection.execute(SELECT_SUMS, {"payroll_id": payroll.id}).all())


def unstreamed_core(engine: Engine, payroll: Payroll) -> Iterator[Any]:
    """Yield the rows of both queries from a client-side cursor, which holds all of them."""
    with engine.connect() as connection:
        for query in QUERIES:
            yield from connection.execute(query, {"payroll_id": payroll.id})
