"""What all allocators gave the call, native ones included, as memray records it.

The bytes that were asked for, of Python's allocators and of every `malloc` and `mmap` beside
them: libpq's result buffer, Arrow's columns. Not counted: what an allocator keeps in reserve
(`rss` sees it), and libraries that carry an allocator of their own, such as pyarrow's default
pool (set ARROW_DEFAULT_MEMORY_POOL=system to have it counted). A block from before the call
that is freed in it does not count as negative.

Counted although the call alone would not need it, as memray has calls traced: a frame object for
each generator or coroutine that waits, of some 100 to 150 bytes, which CPython makes for a tracer.
"""

from __future__ import annotations

from collections.abc import Callable

from callmeter import recorder
from callmeter.meters import BYTES, Metric

METRICS = (
    Metric("peak", "peak of all allocations", BYTES, "allocator", 0.005),
    Metric("retained", "retained of all allocations", BYTES, "allocator", 0.005),
)
REPEATS = 2
ALONE = False

warming = recorder.warming


def measure(function: Callable[[], object]) -> dict[str, float]:
    """Return `peak`, and `retained` after the call, in bytes above what was held before.

    Raises NotAvailableError where memray does not run.
    """
    return recorder.sizes(function)._asdict()
