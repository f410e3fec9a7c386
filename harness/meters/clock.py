"""How long the untraced call takes, and how much of it is Python's cyclic garbage collector.

The collector runs as it does by default, started by the call's own allocations; that it is told
of each of its passes costs well under a microsecond a pass.
"""

from __future__ import annotations

import gc
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
ALONE = True
FIRST_CALL = True
PAUSED = True
OF_FLOOR = False  # its time is that of generating the values


class CollectorClock:
    """Adds up the seconds of the collector's passes, as a member of `gc.callbacks`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._start = 0.0

    def __call__(self, phase: str, _: dict[str, Any]) -> None:
        """Be told that a pass starts or stops."""
        if phase == "start":
            self._start = perf_counter()
        else:
            self.seconds += perf_counter() - self._start


def measure(call: Callable[[], object]) -> dict[str, float]:
    """Give `wall_seconds`, `cpu_seconds` (of this process) and, within the wall, `gc_seconds`."""
    gc.collect()
    collector = CollectorClock()
    gc.callbacks.append(collector)
    try:
        cpu, wall = process_time(), perf_counter()
        result = call()
        wall, cpu = perf_counter() - wall, process_time() - cpu
    finally:
        gc.callbacks.remove(collector)
    del result
    return {"wall_seconds": wall, "cpu_seconds": cpu, "gc_seconds": collector.seconds}
