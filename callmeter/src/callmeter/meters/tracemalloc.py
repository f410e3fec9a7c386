"""What Python's allocators gave the call, as Python's allocation tracer counts it.

Measured as the team does it: collect garbage, note the traced memory, reset the peak, call, note
the peak, collect garbage, note the traced memory again; the differences count. Without the last
collection `full_orm` would read 14% more: cycles of dead ORM instances that are not yet freed.
Native memory (libpq's result buffer, Arrow's columns) is invisible to it.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

from callmeter.meters import BYTES, Metric

METRICS = (
    Metric("traced_peak", "peak by tracemalloc", BYTES, "tracemalloc", 0.005),
    Metric("traced_retained", "retained by tracemalloc", BYTES, "tracemalloc", 0.005),
)
REPEATS = 2
ALONE = False
SEES_NATIVE = False


def measure(function: Callable[[], object]) -> dict[str, float]:
    """Return `traced_peak`, and `traced_retained` after the call, in bytes above those before."""
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    result = function()
    _, peak = tracemalloc.get_traced_memory()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return {"traced_peak": peak - before, "traced_retained": after - before}
