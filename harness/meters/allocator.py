"""What all allocators gave the call, native ones included, as memray records it.

The bytes that were asked for, of Python's allocators and of every `malloc` and `mmap` beside
them: libpq's result buffer, Arrow's columns. Not counted: what an allocator keeps in reserve
(`rss` sees it), and libraries that carry an allocator of their own, such as pyarrow's default
pool (set ARROW_DEFAULT_MEMORY_POOL=system to have it counted). A block from before the call
that is freed in it does not count as negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import recording

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 2
ALONE = False

warming = recording.warming


def measure(call: Callable[[], object]) -> dict[str, float]:
    """Give `allocator_delta_bytes`, retained after the call, and `allocator_peak_bytes`.

    Raises NotAvailableError where memray does not run.
    """
    peak, retained = recording.sizes(call)
    return {"allocator_delta_bytes": retained, "allocator_peak_bytes": peak}
