"""How much a measured process may hold: what needs more fails alone, and the machine goes on.

Without a limit a payroll that does not fit has the kernel kill whatever it finds largest, the
server among them. Linux only; elsewhere nothing is limited.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callmeter.units import format_bytes

IS_POSSIBLE = sys.platform == "linux"
FREE = ("MemAvailable", "SwapFree")
"""What can be had without anything being killed for it, of proc_meminfo(5)."""
CGROUPS = Path("/sys/fs/cgroup")
OF_A_GROUP = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)
"""The files of a control group (cgroups(7), version 2, then 1), and what of its use is a cache."""
LEAST = 256 * 10**6
"""Bytes below which no share goes: the interpreter and what it imports take a third of them."""
SIGNS = re.compile("MemoryError|SystemError|out of memory")
"""How Python, a C extension and libpq say that they were refused memory."""


def share(processes: int) -> int | None:
    """Return the bytes that each of so many processes may hold; None where that is not known.

    A container may have less than its machine: its control group says so.
    """
    known = [size for size in (_free_here(), *map(free_in, _groups())) if size is not None]
    return max(min(known) // processes, LEAST) if known else None


def free_in(group: Path) -> int | None:
    """Return the bytes that processes of the control group can still have; None without a limit."""
    for most, used, caches in OF_A_GROUP:
        try:
            room = int((group / most).read_text(encoding="utf-8")) - int(
                (group / used).read_text(encoding="utf-8")
            )
            lines = (group / "memory.stat").read_text(encoding="utf-8").splitlines()
            statistics = dict(line.split() for line in lines)
        except (OSError, ValueError):  # ValueError: its limit is "max"
            continue
        return max(room + sum(int(statistics[cache]) for cache in caches if cache in statistics), 0)
    return None


def _free_here() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    sizes = dict(line.split(":") for line in lines)
    kilobytes = [int(sizes[name].removesuffix("kB")) for name in FREE if name in sizes]
    return sum(kilobytes) * 1024 if kilobytes else None


def _groups() -> Iterator[Path]:
    """Return the control groups that limit this process's memory: its own, and those around it."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers in {"", "memory"}:
            within = Path(path)
            for each in (within, *within.parents):
                yield CGROUPS / controllers / each.relative_to("/")


@contextmanager
def held_to(most: int | None) -> Iterator[None]:
    """Limit this process to `most` bytes of data, touched or not; beyond that, MemoryError.

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


def explained(error: str, most: int | None) -> str:
    """Return the error, with what the process may hold where that may be why."""
    if most is None or not SIGNS.search(error):
        return error
    return f"{error}: it may hold {format_bytes(most)} (--memory-limit)"
