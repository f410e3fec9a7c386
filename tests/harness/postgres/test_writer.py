"""What is written is the payroll, whole, beside others and in bounded memory."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.engine.default import DefaultDialect

from harness.payroll.generator import Payroll, entries, warm_up_for
from harness.postgres.connection import connected
from harness.postgres.dsn import in_schema
from harness.postgres.session import drop
from harness.postgres.writer import provide
from strategies.support.schema import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Connection

    from harness.postgres.connection import Database
    from strategies.support.contract import PremiumEntry


def test_other_payrolls_are_there_and_components_in_another_order(database: Database) -> None:
    payroll = Payroll(40, 6)
    with connected(provide(database, payroll)) as connection:
        query = "SELECT payroll_id, count(*) FROM premium_entry GROUP BY 1"
        counts = dict(list(connection.execute(text(query))))
        query = "SELECT position FROM premium_component ORDER BY ctid LIMIT 6"
        assert list(connection.scalars(text(query))) == [5, 4, 3, 2, 1, 0]
    assert counts.pop(payroll.id) == 40
    assert counts.pop(warm_up_for(payroll).id) == warm_up_for(payroll).entries
    assert len(counts) == 1


def test_the_tables_are_as_their_mapping_makes_them(
    database: Database, written: Callable[[Iterable[PremiumEntry]], URL]
) -> None:
    """Though keys and indexes are added to rows that are there."""
    with connected(in_schema(database.url, "of_mapping")) as connection:
        connection.execute(text("CREATE SCHEMA of_mapping"))
        Base.metadata.create_all(connection)
        wanted = structure(connection)
        drop(connection, ["of_mapping"])
    with connected(written(entries(Payroll(3, 1)))) as connection:
        assert structure(connection) == wanted
    assert len(wanted) > len(Base.metadata.tables)


def test_connections_do_not_stay(written: Callable[[Iterable[PremiumEntry]], URL]) -> None:
    """But the last one's; or else run after run in one process would need more."""
    before = dialects()
    for _ in range(3):
        written(entries(Payroll(3, 1)))
    assert len(dialects() - before) <= 1


def dialects() -> set[int]:
    gc.collect()
    return {id(one) for one in gc.get_objects() if isinstance(one, DefaultDialect)}


def structure(connection: Connection) -> set[str]:
    """Return the columns, constraints and indexes of the schema."""
    query = """
        SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable, ordinal_position)
          FROM information_schema.columns WHERE table_schema = current_schema()
        UNION SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = current_schema()::regnamespace
        UNION SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes
         WHERE schemaname = current_schema()
        """
    return set(connection.execute(text(query)).scalars())


def test_writing_takes_bounded_memory(written: Callable[[Iterable[PremiumEntry]], URL]) -> None:
    def peak_of(payroll: Payroll) -> int:
        tracemalloc.start()
        written(entries(payroll))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    peak_of(Payroll(100))  # imports, mappers, a first connection
    assert peak_of(Payroll(4_000, 1)) < 1.5 * peak_of(Payroll(1_500, 1))
