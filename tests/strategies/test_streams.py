"""Streams give the same entries, and leave nothing open; threads may share an engine."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from reads import PAYROLL, READERS, SHORTER, is_at_rest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from harness.payroll.loading import Strategy
    from strategies.support.contract import IterPremiumsForPayroll

UNKNOWN = UUID(int=0)


def readers(other: Engine) -> int:
    with other.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(DISTINCT pid) FROM {READERS}")) or 0)


def test_a_stream_gives_the_same_data(stream: IterPremiumsForPayroll, engine: Engine) -> None:
    assert first_difference(entries(PAYROLL), stream(engine, PAYROLL.id)) is None
    assert is_at_rest(engine)


def test_an_abandoned_stream_leaves_nothing_open(
    stream: IterPremiumsForPayroll, engine: Engine, other: Engine
) -> None:
    half_way: Any = stream(engine, PAYROLL.id)
    for _ in range(120):
        next(half_way)
    assert readers(other) > 0, "it is not streaming"
    half_way.close()
    assert readers(other) == 0
    assert is_at_rest(engine)
    assert first_difference(entries(SHORTER), stream(engine, SHORTER.id)) is None


def test_what_a_stream_needs_does_not_grow_with_the_payroll(
    stream: IterPremiumsForPayroll, engine: Engine
) -> None:
    def peak(payroll: Payroll) -> int:
        """Return the most bytes at once, as tracemalloc counts, with no entry held."""
        tracemalloc.start()
        for _ in stream(engine, payroll.id):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    for _ in stream(engine, SHORTER.id):  # what is made once is not of the stream
        pass
    assert peak(PAYROLL) < 1.3 * peak(SHORTER)


def test_threads_may_share_the_engine(strategy: Strategy, engine: Engine) -> None:
    """More than there are connections: none may hold one while it waits for another."""

    def read(_: int) -> str | None:
        result = strategy.get_premiums_for_payroll(engine, SHORTER.id)
        return first_difference(entries(SHORTER), result)

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(read, range(4))) == [None] * 4
        unknown = pool.map(lambda _: strategy.get_premiums_for_payroll(engine, UNKNOWN), range(40))
        assert [len(result) for result in unknown] == [0] * 40
    assert is_at_rest(engine)
