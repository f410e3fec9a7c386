"""The functions of the yardsticks: each takes (engine, payroll)."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.psycopg import dialect

from harness.payroll.generator import Payroll, entries
from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

STATEMENTS = [
    str(query.compile(dialect=dialect()))  # type: ignore[no-untyped-call]
    for query in (SELECT_ENTRIES, SELECT_COMPONENTS)
]


def floor(_: Engine, payroll: Payroll) -> list[PremiumEntry]:
    """Return the payroll's entries, made in Python."""
    return list(entries(payroll))


def raw_tuples(engine: Engine, payroll: Payroll) -> list[list[tuple[Any, ...]]]:
    """Return the rows of both queries as the driver makes them."""
    with closing(engine.raw_connection()) as pooled:
        cursor = pooled.cursor()
        parameters = {"payroll_id": payroll.id}
        return [cursor.execute(statement, parameters).fetchall() for statement in STATEMENTS]


def drained_arrow(engine: Engine, payroll: Payroll) -> int:
    """Return the number of rows of both queries, whose Arrow batches are read and let go."""
    from strategies.support.adbc import premium_batches  # only here: it loads pyarrow

    with premium_batches(engine, payroll.id) as queries:
        return sum(batch.num_rows for batches in queries for batch in batches)


def unstreamed_core(engine: Engine, payroll: Payroll) -> Iterator[Any]:
    """Yield the rows of both queries from a client-side cursor, which holds all of them."""
    with engine.connect() as connection:
        for query in (SELECT_ENTRIES, SELECT_COMPONENTS):
            yield from connection.execute(query, {"payroll_id": payroll.id})
