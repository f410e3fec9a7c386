"""A pause for Python's cyclic garbage collector while a long list of objects is made.

The collector walks every young object again and again while a list grows, and finds nothing:
above some 1,000 entries that is most of the time of a read. Objects without cycles are freed by
their reference counts all the same. Do not hold the pause over code that makes cycles for long.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG = 1
"""The oldest generation collected when the pause ends, so that what was made counts as old.

Each new object is walked once, not again by each of the collector's own passes. `gc.freeze()` and
`gc.unfreeze()` would spare that walk too, but they hide what is garbage by then and reset the
count that full passes come from: a process that pauses often would never free a cycle again.
"""


class _Pauses:
    """How many blocks are inside a pause: the collector is the process's, not a thread's."""

    def __init__(self) -> None:
        self._lock = RLock()  # re-entrant: a finalizer may run, and pause, while we hold it
        self._inside = 0
        self._was_enabled = False

    def enter(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._was_enabled:
                gc.enable()
                gc.collect(YOUNG)


_PAUSES = _Pauses()


@contextmanager
def paused_gc() -> Iterator[None]:
    """Pause the collector for the block, in all threads; nested and concurrent use is safe.

    The last block to leave, by its end or by an error, starts the collector again if it ran
    when the first one came in.
    """
    _PAUSES.enter()
    try:
        yield
    finally:
        _PAUSES.leave()
