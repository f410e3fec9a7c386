"""What the allocators of this process have given out, and what they hold free.

Python's serves objects of up to 512 bytes from arenas that it maps itself, of which there is a
debugging print alone; malloc serves the others.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

OTHERS = ("jemalloc", "tcmalloc", "mimalloc")
"""Libraries that take malloc's place where they are preloaded."""
TUNED_BY = ("MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES", "PYTHONMALLOC")
"""Environment variables that change how memory is taken and given back."""
LINE = re.compile(rb"(?:# bytes in allocated blocks|Total) +=\s+([0-9,]+)")
MAPS = Path("/proc/self/maps")


class Allocated(NamedTuple):
    """Bytes given out, and bytes that are free in the arenas of Python's allocator."""

    live: int
    free_in_arenas: int


class _Mallinfo(ctypes.Structure):
    """As of mallinfo2(3)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def allocated() -> Allocated | None:
    """Return what is given out; None where an allocator has no such figures.

    CPython's own and glibc's (since 2.33) have; a library that takes malloc's place has not.
    """
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    of_python = _of_python()
    if mallinfo is None or of_python is None or replaced_by():
        return None
    mallinfo.restype = _Mallinfo
    found = mallinfo()
    in_blocks, in_arenas = of_python
    return Allocated(in_blocks + found.uordblks + found.hblkhd, in_arenas - in_blocks)


def replaced_by() -> str | None:
    """Return the library that takes malloc's place in this process, None if there is none."""
    try:
        mapped = MAPS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    preloaded = os.environ.get("LD_PRELOAD", "")
    return next((name for name in OTHERS if name in preloaded and f"lib{name}" in mapped), None)


def settings() -> str:
    """Return which malloc is in use, where it is not the C library's, and how it is tuned."""
    tuned = [f"{name}={os.environ[name]}" for name in TUNED_BY if os.environ.get(name)]
    return ", ".join(filter(None, [replaced_by(), *tuned]))


def _of_python() -> tuple[int, int] | None:
    """Return the bytes in blocks that are given out, and in all arenas."""
    print_statistics = getattr(sys, "_debugmallocstats", None)
    if print_statistics is None:
        return None
    with TemporaryFile() as file:
        with _standard_error_to(file.fileno()):
            print_statistics()
        file.seek(0)
        found = LINE.findall(file.read())
    numbers = [int(text.replace(b",", b"")) for text in found[:2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


@contextmanager
def _standard_error_to(descriptor: int) -> Iterator[None]:
    """Redirect what C code prints: replacing sys.stderr does not reach it."""
    sys.stderr.flush()
    before = os.dup(2)
    os.dup2(descriptor, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
