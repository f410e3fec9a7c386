"""How long the untraced call takes, and how much of it is Python's cyclic garbage collector.

The collector is in the state that the process put it into (`callmeter.collector`), and started by
the call's own allocations; noting its passes costs well under a microsecond a pass.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from callmeter.meters import SECONDS, Metric

METRICS = (
    Metric("wall", "wall time", SECONDS, "clock", 0.10),
    Metric("cpu", "CPU time", SECONDS, "clock", 0.10),
    Metric("gc", "garbage collection", SECONDS, "clock", 0.10),
    Metric("slowest", "slowest call at once", SECONDS, "clock", 0.10),
)
REPEATS = 5
ALONE = True


class CollectorClock:
    """Adds up the seconds of the collector's passes, as a member of `gc.callbacks`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._start = 0.0

    def __call__(self, phase: str, _: dict[str, Any]) -> None:
        """Note that a pass starts or stops."""
        if phase == "start":
            self._start = perf_counter()
        else:
            self.seconds += perf_counter() - self._start


def measure(function: Callable[[], object]) -> dict[str, float]:
    """Return `wall`, `cpu` (of this process) and, within the wall, `gc`, in seconds.

    Of several calls at once, they are of the whole, and `slowest` is the time of the slowest one.
    """
    gc.collect()
    collector = CollectorClock()
    gc.callbacks.append(collector)
    try:
        cpu, wall = process_time(), perf_counter()
        result = function()
        wall, cpu = perf_counter() - wall, process_time() - cpu
    finally:
        gc.callbacks.remove(collector)
    del result
    values = {"wall": wall, "cpu": cpu, "gc": collector.seconds}
    if durations := getattr(function, "durations", ()):
        values["slowest"] = max(durations)
    return values
