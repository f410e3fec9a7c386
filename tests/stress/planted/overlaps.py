"""Two threads that read without rest, and a third that leaves cycles: print what memory grew by.

python overlaps.py COLLECTOR CYCLES LIVING: until so many cycles were made, the last LIVING of
which are in use. READS_FROM and PAYROLL name what is read.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import create_engine

from strategies import full_orm
from strategies.support.gc_pause import paused_gc

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = 2
CYCLES_A_SECOND = 200
BYTES_A_CYCLE = 100_000
SECONDS_A_LOOK = 0.02
COLLECTORS: dict[str, tuple[Callable[[], None], Callable[[], AbstractContextManager[None]]]] = {
    "default": (gc.enable, nullcontext),
    "paused": (gc.enable, paused_gc),
    "off": (gc.disable, nullcontext),
}
"""What is called before all reads, and what is around each."""


class Cyclic:
    def __init__(self) -> None:
        self.itself = self
        self.data = b"\1" * BYTES_A_CYCLE


def read_until(end: Event, paused: Callable[[], AbstractContextManager[None]]) -> None:
    while not end.is_set():
        with paused():
            full_orm.get_premiums_for_payroll(ENGINE, PAYROLL)


def leave_cycles(end: Event, cycles: int, living: int) -> None:
    in_use: deque[Cyclic] = deque(maxlen=living)
    for _ in range(cycles):
        in_use.append(Cyclic())
        sleep(1 / CYCLES_A_SECOND)
    end.set()


def resident() -> int:
    """Return the resident memory of this process, in bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def growth(paused: Callable[[], AbstractContextManager[None]], cycles: int, living: int) -> int:
    """Return the most that the process needed beyond what it held at first, in bytes."""
    before = most = resident()
    end = Event()
    threads = [Thread(target=read_until, args=(end, paused)) for _ in range(READERS)]
    threads.append(Thread(target=leave_cycles, args=(end, cycles, living)))
    for thread in threads:
        thread.start()
    while not end.wait(SECONDS_A_LOOK):
        most = max(most, resident())
    for thread in threads:
        thread.join()
    return most - before


if __name__ == "__main__":
    ENGINE, PAYROLL = create_engine(os.environ["READS_FROM"]), UUID(os.environ["PAYROLL"])
    name, cycles, living = sys.argv[1:]
    set_state, paused = COLLECTORS[name]
    full_orm.get_premiums_for_payroll(ENGINE, PAYROLL)  # connected, and everything is imported
    set_state()
    sys.stdout.write(str(growth(paused, int(cycles), int(living))))
