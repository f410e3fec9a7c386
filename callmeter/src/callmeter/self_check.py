"""The meters' own error: calls whose need is known, and what each meter reads of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from mmap import mmap
from time import perf_counter
from typing import NamedTuple

from callmeter import meters
from callmeter.call import Call
from callmeter.worker import Job
from callmeter.worker_pool import ask_once

AMOUNT = 10_000_000
WITHIN = 0.02
"""How far off a meter may read, as a share of AMOUNT."""
WITHIN_OF_PAGES = 0.05
"""The same for resident memory: the kernel counts pages in batches, of 128 kB a processor."""
WITHIN_OF_TIME = 0.5
"""The same for a clock, which on a busy machine also reads what others took."""
OF_TIME = ("clock",)
A_WHILE = 0.2  # seconds
CHUNK = bytes([1]) * 65_536
PAYLOAD = bytes(112 - sys.getsizeof(b""))  # objects of 112 bytes, 16's multiple: none is padded


class Known(NamedTuple):
    """A call, and what it needs: bytes at its peak, of them native and let go; seconds, of GC."""

    call: Callable[[], object]
    peak_bytes: int = 0
    native_bytes: int = 0
    let_go_bytes: int = 0
    wall_seconds: float = 0
    collects: bool = False


def cases() -> dict[str, Known]:
    """Return the calls by name, each with its truth."""
    count = AMOUNT // sys.getsizeof(PAYLOAD)
    size = count * sys.getsizeof(PAYLOAD) + sys.getsizeof([None] * count)
    return {
        "no-op": Known(lambda: None),
        "Python objects": Known(lambda: python_objects(count), size),
        "Python objects, let go": Known(lambda: len(python_objects(count)), size, 0, size),
        "native buffer": Known(lambda: native_buffer(AMOUNT), AMOUNT, AMOUNT),
        "0.2 s of work": Known(lambda: repeat(int), wall_seconds=A_WHILE),
        "0.2 s of collections": Known(
            lambda: repeat(gc.collect), wall_seconds=A_WHILE, collects=True
        ),
    }


def repeat(function: Callable[[], object]) -> None:
    """Call the function for A_WHILE."""
    end = perf_counter() + A_WHILE
    while perf_counter() < end:
        function()


def python_objects(count: int) -> list[bytes]:
    """Return `count` objects of `sys.getsizeof(PAYLOAD)` bytes in a list of just that length."""
    objects: list[bytes] = [b""] * count
    for index in range(count):
        objects[index] = bytes(len(PAYLOAD))
    return objects


def native_buffer(size: int) -> mmap:
    """Return a buffer that no Python allocator made, every page of it written to."""
    buffer = mmap(-1, size)
    for start in range(0, size, len(CHUNK)):
        buffer[start : start + len(CHUNK)] = CHUNK[: size - start]
    return buffer


class Reading(NamedTuple):
    """What a meter read of a call: bytes or seconds, against the truth.

    `off_by` is the widest difference, as a share of AMOUNT or of the call's seconds.
    """

    meter: str
    case: str
    truth: str
    read: str
    off_by: float | None
    verdict: str
    is_wrong: bool


def readings(meter_names: Sequence[str], timeout: float) -> Iterator[Reading]:
    """Yield what each meter reads of every call that can show its error, in a fresh process."""
    for meter in meter_names:
        if getattr(meters.load(meter), "OF_MAKING", False) or meters.is_of_calls(meter):
            continue  # it is of no call, or of many
        of_time = meter in OF_TIME
        for case, known in cases().items():
            if case == "no-op" or of_time == bool(known.wall_seconds):
                yield _reading(meter, case, known, timeout)


def make_call(case: str) -> Call:
    """Return the call of the case, which counts nothing."""
    return Call(cases()[case].call, count=lambda _: 1)


def _reading(meter: str, case: str, known: Known, timeout: float) -> Reading:
    answer = ask_once(Job("callmeter.self_check:make_call", {"case": case}, meter), timeout)
    if answer.error:
        return Reading(meter, case, "", "", None, answer.error, is_wrong=True)
    if answer.unavailable:
        reason = f"not available here: {answer.unavailable}"
        return Reading(meter, case, "", "", None, reason, is_wrong=False)
    judge = _of_time if meter in OF_TIME else _of_memory
    return judge(meter, case, known, answer.values)


def _of_memory(meter: str, case: str, known: Known, figures: dict[str, float]) -> Reading:
    delta, peak = (
        next(size for key, size in figures.items() if key.endswith(moment))
        for moment in ("retained", "peak")
    )
    retained = known.peak_bytes - known.let_go_bytes
    truth = f"{retained / 1e6:.2f} / {known.peak_bytes / 1e6:.2f} MB"
    read = f"{delta / 1e6:.2f} / {peak / 1e6:.2f} MB"
    off_by = abs(peak - known.peak_bytes) / AMOUNT
    of_pages = meter == "rss"
    keeps_arenas = known.let_go_bytes and of_pages  # freed, but not given back
    if not keeps_arenas:
        off_by = max(off_by, abs(delta - retained) / AMOUNT)
    if known.native_bytes and not getattr(meters.load(meter), "SEES_NATIVE", True):
        missed = max(delta, peak) / AMOUNT < WITHIN
        verdict = "missed, as it must be: native memory" if missed else "seen, against its nature"
        return Reading(meter, case, truth, read, off_by, verdict, is_wrong=not missed)
    return _judged(meter, case, truth, read, off_by, WITHIN_OF_PAGES if of_pages else WITHIN)


def _of_time(meter: str, case: str, known: Known, figures: dict[str, float]) -> Reading:
    wall, collecting = figures["wall"], figures["gc"]
    truth = f"{known.wall_seconds:.3f} s, {'all' if known.collects else 'none'} of it GC"
    read = f"{wall:.3f} s, {collecting:.3f} s of it GC"
    expected = wall if known.collects else 0.0
    off_by = max(abs(wall - known.wall_seconds), abs(collecting - expected)) / A_WHILE
    return _judged(meter, case, truth, read, off_by, WITHIN_OF_TIME)


def _judged(meter: str, case: str, truth: str, read: str, off_by: float, within: float) -> Reading:
    right = off_by <= within
    verdict = "right" if right else f"OFF by more than {within:.0%}"
    return Reading(meter, case, truth, read, off_by, verdict, is_wrong=not right)
