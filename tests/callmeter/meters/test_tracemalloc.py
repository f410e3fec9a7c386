"""The tracemalloc meter reads what the team's snapshots read."""

from __future__ import annotations

import gc
import tracemalloc as tracer
from typing import TYPE_CHECKING

import pytest

from callmeter.meters import tracemalloc

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 10_000_000


def cycle() -> None:
    made: list[object] = [bytearray(SIZE)]
    made.append(made)


@pytest.mark.parametrize(
    ("call", "retained", "peak"),
    [
        (lambda: None, 0, 0),
        (lambda: bytearray(SIZE), SIZE, SIZE),
        (lambda: len(bytearray(SIZE)), 0, SIZE),
        (cycle, 0, SIZE),  # garbage is not retained
    ],
)
def test_what_is_returned_is_retained(call: Callable[[], object], retained: int, peak: int) -> None:
    gc.disable()
    try:
        figures = tracemalloc.measure(call)
    finally:
        gc.enable()
    assert figures["traced_retained"] == pytest.approx(retained, rel=0.001, abs=1_000)
    assert figures["traced_peak"] == pytest.approx(peak, rel=0.001, abs=1_000)


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
