"""How much a measured process may hold: what needs more fails alone, and the machine goes on.

Without a limit a payroll that does not fit has the kernel kill whatever it finds largest, the
server among them. Linux only; elsewhere nothing is limited.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.words import size

if TYPE_CHECKING:
    from collections.abc import Iterator

IS_POSSIBLE = sys.platform == "linux"
FREE = ("MemAvailable", "SwapFree")
"""What can be had without anything being killed for it, of proc_meminfo(5)."""
SIGNS = re.compile("MemoryError|SystemError|out of memory")
"""How Python, a C extension and libpq say that they were refused memory."""


def share(processes: int) -> int | None:
    """Give the bytes that each of so many processes may hold; None where that is not known."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    sizes = dict(line.split(":") for line in lines)
    kilobytes = [int(sizes[name].removesuffix("kB")) for name in FREE if name in sizes]
    return sum(kilobytes) * 1024 // processes or None


@contextmanager
def held_to(most: int | None) -> Iterator[None]:
    """Let this process hold no more than `most` bytes of data, touched or not: then MemoryError.

    Python's objects and every `malloc` count, code and files do not. At the end it may hold what
    it could before, or else it could not tell what went wrong.
    """
    if most is None or not IS_POSSIBLE:
        yield
        return
    import resource  # only here: there is none on every platform

    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    lower = [limit for limit in (most, before, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(lower), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def said(error: str, most: int | None) -> str:
    """Give the error, with what the process may hold where that may be why."""
    if most is None or not SIGNS.search(error):
        return error
    return f"{error}: it may hold {size(most)} (--memory-limit)"
