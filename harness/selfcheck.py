"""The harness's own error: calls whose need is known, and what each meter reads of them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from mmap import mmap
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness import discovery, meters
from harness.errors import NotAvailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

AMOUNT = 10_000_000
WITHIN = 0.02
"""How far off a meter may read, as a share of AMOUNT."""
BLIND_TO_NATIVE = ("tracemalloc",)
CHUNK = bytes([1]) * 65_536
PAYLOAD = bytes(112 - sys.getsizeof(b""))  # objects of 112 bytes, 16's multiple: none is padded


class Known(NamedTuple):
    """A call, and the bytes that it retains and needs at its peak, Python's and native ones."""

    call: Callable[[], object]
    python_bytes: int
    native_bytes: int


def cases() -> dict[str, Known]:
    """Give the calls by name: nothing, 10 MB of Python objects, a native buffer of 10 MB."""
    objects = AMOUNT // sys.getsizeof(PAYLOAD)
    return {
        "no-op": Known(lambda: None, 0, 0),
        "Python objects": Known(
            lambda: python_objects(objects),
            objects * sys.getsizeof(PAYLOAD) + sys.getsizeof([None] * objects),
            0,
        ),
        "native buffer": Known(lambda: native_buffer(AMOUNT), 0, AMOUNT),
    }


def python_objects(count: int) -> list[bytes]:
    """Give `count` objects of `sys.getsizeof(PAYLOAD)` bytes in a list of just that length."""
    objects: list[bytes] = [b""] * count
    for index in range(count):
        objects[index] = bytes(len(PAYLOAD))
    return objects


def native_buffer(size: int) -> mmap:
    """Give a buffer that no Python allocator made, every page of it written to."""
    buffer = mmap(-1, size)
    for start in range(0, size, len(CHUNK)):
        buffer[start : start + len(CHUNK)] = CHUNK[: size - start]
    return buffer


class Reading(NamedTuple):
    """What a meter read of a call, in bytes; None, if it does not measure memory.

    `truth` is what the call needs, native memory with it; `off_by`, the widest difference from
    it, as a share of AMOUNT.
    """

    meter: str
    case: str
    truth: int
    delta: float | None
    peak: float | None
    off_by: float | None
    verdict: str
    is_wrong: bool


def readings(meter_names: Sequence[str], timeout: float) -> Iterator[Reading]:
    """Run every call through every meter, each in a fresh process of `timeout` seconds at most."""
    for meter in meter_names:
        for case, known in cases().items():
            done = subprocess.run(
                [sys.executable, "-m", "harness.selfcheck", meter, case],
                capture_output=True,
                timeout=timeout,
                check=False,
            )
            yield _reading(meter, case, known, done)


def _reading(
    meter: str, case: str, known: Known, done: subprocess.CompletedProcess[bytes]
) -> Reading:
    truth = known.python_bytes + known.native_bytes
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no answer"]
        return Reading(meter, case, truth, None, None, None, lines[-1], is_wrong=True)
    figures = msgspec.json.decode(done.stdout, type=dict[str, float] | str)
    if isinstance(figures, str):
        return Reading(meter, case, truth, None, None, None, figures, is_wrong=False)
    delta, peak = (_bytes(figures, moment) for moment in ("delta", "peak"))
    if delta is None or peak is None:
        said = ", ".join(f"{name} {value * 1e6:,.0f} us" for name, value in figures.items())
        return Reading(meter, case, truth, None, None, None, said, is_wrong=False)
    off_by = max(abs(delta - truth), abs(peak - truth)) / AMOUNT
    if known.native_bytes and meter in BLIND_TO_NATIVE:
        missed = max(delta, peak) / AMOUNT < WITHIN
        said = "missed, as it must be: native memory" if missed else "seen, against its nature"
        return Reading(meter, case, truth, delta, peak, off_by, said, is_wrong=not missed)
    right = off_by <= WITHIN
    said = "right" if right else f"OFF by more than {WITHIN:.0%}"
    return Reading(meter, case, truth, delta, peak, off_by, said, is_wrong=not right)


def _bytes(figures: dict[str, float], moment: str) -> float | None:
    return next((size for name, size in figures.items() if name.endswith(f"{moment}_bytes")), None)


def main(meter_name: str, case: str) -> None:
    """Print what the meter reads of the call, in this process: JSON, figures or why not."""
    meter, known = discovery.load(meters, meter_name), cases()[case]
    meters.claim_process(meter_name)
    with getattr(meter, "warming", nullcontext)():
        known.call()
    try:
        answer = meter.measure(known.call)
    except NotAvailableError as error:
        answer = f"not available here: {error}"
    sys.stdout.write(msgspec.json.encode(answer).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
