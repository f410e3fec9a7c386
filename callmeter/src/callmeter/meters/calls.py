"""What a worker holds that serves many calls, one after the other: RSS after each, and why.

Each result is let go before the next call, as a service does. What is resident after the last call
and was not before the first is still allocated (a cache, a leak), or free and not given back: in
the arenas of Python's allocator, each of which one survivor pins, or by malloc. Linux only.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import NamedTuple

from callmeter.allocated import allocated
from callmeter.at_once import numbered
from callmeter.meters import BYTES, Metric
from callmeter.meters.rss import ARENA, reset_high_water_mark, resident, trim

METRICS = (
    Metric("calls_peak", "RSS peak over the calls", BYTES, "calls", 0.05, ARENA),
    Metric("calls_retained", "RSS after the calls", BYTES, "calls", 0.05, ARENA),
    Metric("calls_live", "allocated after the calls", BYTES, "calls", 0.05, ARENA),
    Metric("calls_arenas", "free in Python's arenas", BYTES, "calls", 0.25, ARENA),
    Metric("calls_malloc", "free in malloc", BYTES, "calls", 0.25, ARENA),
)
REPEATS = 2
ALONE = False
OF_CALLS = True


class Served(NamedTuple):
    """The metrics, and two series of bytes: RSS after each call, and its peak."""

    values: dict[str, float]
    series: dict[str, list[float]]


def measure(function: Callable[[], object], calls: int) -> Served:
    """Make so many calls, 1 or more; return the metrics and the series `after` and `peaks`.

    All are bytes above what was resident before the first call. `calls_live` is what is allocated
    after the last one, `calls_arenas` how much more is free in Python's arenas, `calls_malloc` what
    malloc gives back when it is asked to; the first two are missing where that is not known
    (`callmeter.allocated`).

    Raises NotAvailableError where the kernel has no such figures.
    """
    gc.collect()
    trim()
    before, base = allocated(), resident("VmRSS")
    after: list[float] = []
    peaks: list[float] = []
    for number in range(calls):
        reset_high_water_mark()
        with numbered(number):
            result = function()
        peaks.append(max(resident("VmHWM"), resident("VmRSS")) - base)
        del result
        after.append(resident("VmRSS") - base)
    gc.collect()
    last = resident("VmRSS")
    now = allocated()
    trim()
    values: dict[str, float] = {
        "calls_peak": max(peaks),
        "calls_retained": last - base,
        "calls_malloc": max(0, last - resident("VmRSS")),
    }
    if before and now:
        values["calls_live"] = now.live - before.live
        values["calls_arenas"] = now.free_in_arenas - before.free_in_arenas
    return Served(values, {"after": after, "peaks": peaks})
