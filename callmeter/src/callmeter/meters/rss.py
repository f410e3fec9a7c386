"""What the call adds to the process's resident memory: what a container's limit is about.

The kernel's own figures: VmHWM, its high-water mark, is reset just before the call. Whole pages,
and what the allocators keep in reserve, are in it; garbage collection and `malloc_trim` go
before the call, so that it finds little free memory that is resident already, and only a
collection after it, as nobody trims in production. Linux only.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path

from callmeter.errors import NotAvailableError
from callmeter.meters import BYTES, Metric

ARENA = 2**20
"""Bytes that Python's allocator takes from the system at once."""
METRICS = (
    Metric("rss_peak", "RSS peak", BYTES, "rss", 0.05, ARENA),
    Metric("rss_retained", "retained RSS", BYTES, "rss", 0.05, ARENA),
    Metric("rss_children", "RSS of the largest child", BYTES, "rss", 0.05, ARENA),
    Metric("base", "base of the process", BYTES, "rss", 0.05, ARENA),
    Metric("base_files", "base of the process, files", BYTES, "rss", 0.25, ARENA),
)
REPEATS = 2
ALONE = False

STATUS = Path("/proc/self/status")
CLEAR_REFS = Path("/proc/self/clear_refs")
FILLER = 512  # bytes of an object that fills: the largest that Python's arenas serve
SMALLEST_ARENA = 256 * 1024
FILLED_AT_ONCE = 32
MOST_FILLER = 64 * 1024 * 1024
RESET_HIGH_WATER_MARK = "5"  # proc_pid_clear_refs(5)


def measure(function: Callable[[], object]) -> dict[str, float]:
    """Return `rss_peak`, and `rss_retained` after the call, in bytes above what was resident.

    `rss_children` is that of the largest child process that has ended by then, whole; its memory
    is in neither of the others. `base` is the anonymous memory that was resident before: of the
    interpreter, what was imported, the first connection and what the warm-up left. `base_files` is
    what was mapped from files, such as code: under a limit the kernel drops it, and reads it again.

    Raises NotAvailableError where the kernel has no such figures.
    """
    from resource import RUSAGE_CHILDREN, getrusage  # not on every platform

    gc.collect()
    filler = _fill_free_memory()
    trim()
    reset_high_water_mark()
    before = resident("VmRSS")
    base, files = resident("RssAnon") - FILLER * len(filler), resident("RssFile")
    result = function()
    peak = resident("VmHWM")
    gc.collect()
    after = resident("VmRSS")
    del result, filler
    children = getrusage(RUSAGE_CHILDREN).ru_maxrss * 1024
    return {
        "rss_peak": max(peak, after) - before,
        "rss_retained": after - before,
        "rss_children": children,
        "base": base,
        "base_files": files,
    }


def resident(field: str) -> int:
    """Return a field of this process's status, in bytes. Raises NotAvailableError without one."""
    try:
        lines = STATUS.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NotAvailableError(f"no {STATUS}: {error}") from error
    for line in lines:
        name, _, value = line.partition(":")
        if name == field:
            return int(value.removesuffix("kB")) * 1024
    raise NotAvailableError(f"{STATUS} has no {field}")


def _fill_free_memory() -> list[bytes]:
    """Return objects that take up what Python's allocator keeps in reserve: keep them.

    Or else the call would first use memory that is resident already, up to some megabytes that
    earlier work has freed, and seem to need less. Allocates until the process grows.
    """
    grown = resident("VmData") + SMALLEST_ARENA
    filler: list[bytes] = []
    while len(filler) < MOST_FILLER // FILLER and resident("VmData") < grown:
        filler += [bytes(FILLER - sys.getsizeof(b"")) for _ in range(FILLED_AT_ONCE)]
    return filler


def trim() -> None:
    """Return glibc's reserve to the kernel; other C libraries keep theirs."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim:
        malloc_trim(0)


def reset_high_water_mark() -> None:
    """Make VmHWM what is resident now. Raises NotAvailableError where the kernel cannot."""
    try:
        CLEAR_REFS.write_text(RESET_HIGH_WATER_MARK, encoding="utf-8")
    except OSError as error:
        raise NotAvailableError(f"no {CLEAR_REFS} that resets the peak: {error}") from error
