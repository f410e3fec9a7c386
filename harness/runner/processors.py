"""What the machine's processors did over a while: for us, for other processes, for other machines.

Linux only, from /proc; elsewhere nothing is known, and nothing is claimed. The kernel counts the
time of all processes, also of those that began and ended in between. Ours is that of the process
tree below this one: a worker, what it forks, the server of a run's own; of a process that ended,
its parent has the time. What is left is that of others.

A server that is not ours may work for the call too. Its processes are told by their names, where
this process sees all of the machine's; in a container it does not, and then others' is unknown.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
CPUS = Path("/sys/devices/system/cpu")
CURRENT = "cpu[0-9]*/cpufreq/scaling_cur_freq"
"""The files with a processor's frequency, in kHz, where the machine lets it be seen."""
ALL_ARE_SEEN = "pid:[4026531836]"
"""The first namespace of processes, PROC_PID_INIT_INO in Linux's proc_ns.h: nothing is outside."""
SERVERS = {"postgres", "mysqld", "mariadbd", "mongod", "redis-server", "sqlservr", "oracle"}
"""Names of processes that may work for a call which connects by itself."""


class Process(NamedTuple):
    """A process: its time and that of its children that ended, in ticks."""

    name: str
    parent: int
    ticks: int


class Reading(NamedTuple):
    """Ticks since the machine began: all that there were, used by processes, stolen, ours.

    `ours` is None where it cannot be told.
    """

    whole: int
    used: int
    stolen: int
    ours: int | None


class Use(NamedTuple):
    """Shares of the machine's time that other processes and other machines had; None if unknown.

    `mhz` is the frequency of its fastest processor at the end.
    """

    others: float | None = None
    stolen: float | None = None
    mhz: int | None = None


def read(*, has_own_server: bool, proc: Path = PROC) -> Reading | None:
    """Return how much time was used so far; None where the system does not say.

    With `has_own_server`, all that works for a call is below this process.
    """
    try:
        first, *_ = (proc / "stat").read_text(encoding="utf-8").splitlines()
        user, nice, system, idle, waiting, *interrupts, stolen = map(int, first.split()[1:9])
        ours = _ours(proc, has_own_server=has_own_server)
    except (OSError, ValueError):
        return None
    used = user + nice + system
    return Reading(used + idle + waiting + sum(interrupts) + stolen, used, stolen, ours)


def use_between(before: Reading | None, after: Reading | None) -> Use:
    """Return who used the machine between two readings.

    Shares are as counted: a short while's may be a little below 0, as the two counts are rounded.
    Where a server ended that counted as ours, its time is gone, and others' is unknown.
    """
    if before is None or after is None or after.whole <= before.whole:
        return Use()
    whole = after.whole - before.whole
    others = None
    if before.ours is not None and after.ours is not None and after.ours >= before.ours:
        others = round((after.used - before.used - (after.ours - before.ours)) / whole, 3)
    return Use(others, round((after.stolen - before.stolen) / whole, 3), frequency())


def frequency(cpus: Path = CPUS) -> int | None:
    """Return the MHz of the fastest processor now, which has just worked; None if unknown."""
    found = []
    for path in cpus.glob(CURRENT):
        with suppress(OSError, ValueError):
            found.append(int(path.read_text(encoding="utf-8")) // 1000)
    return max(found, default=None)


def _ours(proc: Path, *, has_own_server: bool) -> int | None:
    """Return the ticks of the processes that work for us."""
    if not has_own_server and str((proc / "self/ns/pid").readlink()) != ALL_ARE_SEEN:
        return None
    processes = _processes(proc)
    ours = _tree(os.getpid(), processes)
    if not has_own_server:
        ours |= {number for number, each in processes.items() if each.name in SERVERS}
    return sum(processes[number].ticks for number in ours)


def _processes(proc: Path) -> dict[int, Process]:
    found = {}
    for folder in proc.iterdir():
        if folder.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):  # it has ended
                line = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                found[int(folder.name)] = parsed(line)
    return found


def parsed(line: str) -> Process:
    """Return what a process's line in /proc says; its name may hold anything, also `) R 1`."""
    start, _, rest = line.rpartition(") ")
    fields = rest.split()
    return Process(start.partition(" (")[2], int(fields[1]), sum(map(int, fields[11:15])))


def _tree(root: int, processes: dict[int, Process]) -> set[int]:
    """Return the process and all below it."""
    children = defaultdict(list)
    for number, process in processes.items():
        children[process.parent].append(number)
    found, left = set(), [root]
    while left:
        number = left.pop()
        found.add(number)
        left += children[number]
    return found & processes.keys()
