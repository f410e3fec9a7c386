"""What Python's allocators gave the call, as Python's allocation tracer counts it.

Measured as the team does it: collect garbage, note the traced memory, reset the peak, call, note
the peak, collect garbage, note the traced memory again; the differences count. Without the last
collection `full_orm` would read 14% more: cycles of dead ORM instances that are not yet freed.
Native memory (libpq's result buffer, Arrow's columns) is invisible to it.
"""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 2
ALONE = False
FIRST_CALL = True
SEES_NATIVE = False


def measure(call: Callable[[], object]) -> dict[str, float]:
    """Give `delta_bytes`, retained after the call, and `peak_bytes`, its high-water mark."""
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    result = call()
    _, peak = tracemalloc.get_traced_memory()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return {"delta_bytes": after - before, "peak_bytes": peak - before}
