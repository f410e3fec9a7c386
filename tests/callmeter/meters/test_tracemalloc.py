"""The tracemalloc meter reads what the team's snapshots read."""

from __future__ import annotations

import gc
import tracemalloc as tracer

import pytest

from callmeter.meters import tracemalloc

MEGABYTE = 1_000_000


def test_a_call_that_does_nothing_reads_nothing() -> None:
    figures = tracemalloc.measure(lambda: None)
    assert figures["traced_retained"] < 1_000
    assert figures["traced_peak"] < 1_000


def test_what_is_returned_is_retained() -> None:
    figures = tracemalloc.measure(lambda: bytearray(10 * MEGABYTE))
    assert figures["traced_retained"] == pytest.approx(10 * MEGABYTE, rel=0.001)
    assert figures["traced_peak"] == pytest.approx(10 * MEGABYTE, rel=0.001)


def test_what_is_let_go_counts_for_the_peak_only() -> None:
    figures = tracemalloc.measure(lambda: len(bytearray(10 * MEGABYTE)))
    assert figures["traced_retained"] < 1_000
    assert figures["traced_peak"] == pytest.approx(10 * MEGABYTE, rel=0.001)


def test_garbage_in_a_cycle_is_not_retained() -> None:
    def make_a_cycle() -> None:
        cycle: list[object] = [bytearray(MEGABYTE)]
        cycle.append(cycle)

    gc.disable()
    try:
        figures = tracemalloc.measure(make_a_cycle)
    finally:
        gc.enable()
    assert figures["traced_retained"] < 1_000
    assert figures["traced_peak"] >= MEGABYTE


def test_it_reads_what_snapshots_read() -> None:
    """The team compares snapshots; the totals are the same, for less work."""

    def call() -> list[str]:
        return [str(n) for n in range(50_000)]

    figures = tracemalloc.measure(call)
    tracer.start()
    gc.collect()
    before = tracer.take_snapshot()
    held = call()
    gc.collect()
    after = tracer.take_snapshot()
    tracer.stop()
    by_snapshots = sum(stat.size_diff for stat in after.compare_to(before, "filename"))
    assert len(held) == 50_000
    assert figures["traced_retained"] == pytest.approx(by_snapshots, rel=0.01)
