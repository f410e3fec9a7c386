"""Streams give the same entries, and leave nothing open; readers may share an engine."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from reads import (
    ADD_COMPONENTS,
    PAYROLL,
    READERS,
    SHORTER,
    UNKNOWN,
    is_at_rest,
    side_by_side,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from harness.payroll.reading import Reader
    from strategies.support.contract import PremiumEntry


def readers(other: Engine) -> int:
    with other.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(DISTINCT pid) FROM {READERS}")) or 0)


def test_a_stream_gives_the_same_data(streamer: Reader) -> None:
    assert first_difference(entries(PAYROLL), streamer.stream(PAYROLL.id)) is None
    assert is_at_rest(streamer.engine)


def test_an_abandoned_stream_leaves_nothing_open(streamer: Reader, other: Engine) -> None:
    half_way: Any = streamer.stream(PAYROLL.id)
    for _ in range(120):
        next(half_way)
    assert readers(other) > 0, "it is not streaming"
    half_way.close()
    assert readers(other) == 0
    assert is_at_rest(streamer.engine)
    assert first_difference(entries(SHORTER), streamer.stream(SHORTER.id)) is None


def test_a_stream_sees_one_state_of_the_database(
    streamer: Reader,
    written: Callable[[Iterable[PremiumEntry]], URL],
    engine_at: Callable[[URL], Engine],
    reader_at: Callable[..., Reader],
) -> None:
    """While it is read, another session adds components."""
    payroll = Payroll(1_000, 2)
    url = written(entries(payroll))
    stream = reader_at(streamer.strategy, url).stream(payroll.id)
    found = [next(stream)]
    with engine_at(url).begin() as connection:
        connection.execute(ADD_COMPONENTS, {"n": 1})
    assert first_difference(entries(payroll), [*found, *stream]) is None


def test_what_a_stream_needs_does_not_grow_with_the_payroll(streamer: Reader) -> None:
    def peak(payroll: Payroll) -> int:
        """Return the most bytes at once, as tracemalloc counts, with no entry held.

        Cycles are collected at every 50th entry: when the collector runs by itself, and so how much
        garbage lies beside what is needed, is as the process has it.
        """
        entry = count(1)
        gc.freeze()  # what is there before is not gone through each time
        tracemalloc.start()
        streamer.visit(payroll.id, lambda _: gc.collect() if next(entry) % 50 == 0 else None)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.unfreeze()
        return most

    streamer.visit(SHORTER.id, lambda _: None)  # what is made once is not of the stream
    assert peak(PAYROLL) < 1.3 * peak(SHORTER)


def test_readers_may_share_the_engine(reader: Reader) -> None:
    """More than there are connections: none may hold one while it waits for another."""
    for result in side_by_side(reader, [SHORTER.id] * 4, threads=4):
        assert first_difference(entries(SHORTER), result) is None
    assert [len(result) for result in side_by_side(reader, [UNKNOWN] * 40, threads=40)] == [0] * 40
    assert is_at_rest(reader.engine)
