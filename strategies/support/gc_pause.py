"""A pause for Python's cyclic garbage collector while a long list of objects is made.

The collector walks every young object again and again while a list grows, and finds nothing:
above some 1,000 entries that is most of the time of a read. Objects without cycles are freed by
their reference counts all the same. Do not hold the pause over code that makes cycles for long.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from contextlib import contextmanager
from threading import RLock, get_ident
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
    """How many blocks are inside a pause, by thread: the collector is the whole process's."""

    def __init__(self) -> None:
        self._lock = RLock()  # re-entrant: a finalizer may run, and pause, while we hold it
        self._inside: Counter[int] = Counter()
        self._was_enabled = False

    def enter(self) -> int:
        """Return what `leave` is to be called with, be it by another thread."""
        with self._lock:
            if not self._inside:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._inside[get_ident()] += 1
            return get_ident()

    def leave(self, thread: int) -> None:
        with self._lock:
            self._inside[thread] -= 1
            self._inside += Counter()  # without those that have none left
            self._end_if_all_left()

    def forked(self) -> None:
        """Count only the thread that goes on in a child: the others will never leave there."""
        self._lock = RLock()
        self._inside = Counter({get_ident(): self._inside[get_ident()]}) + Counter()
        self._end_if_all_left()

    def _end_if_all_left(self) -> None:
        if not self._inside and self._was_enabled:
            self._was_enabled = False
            gc.enable()
            gc.collect(YOUNG)


_PAUSES = _Pauses()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_PAUSES.forked)


@contextmanager
def paused_gc() -> Iterator[None]:
    """Pause the collector for the block, in all threads; nested and concurrent use is safe.

    The last block to leave, by its end or by an error, starts the collector again if it ran
    when the first one came in.
    """
    thread = _PAUSES.enter()
    try:
        yield
    finally:
        _PAUSES.leave(thread)
