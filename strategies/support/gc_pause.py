"""A pause for the costly passes of Python's cyclic garbage collector while many objects are made.

Each time that memory has grown by a quarter, a full pass walks every object of the process, and
finds nothing: above some 1,000 entries that is most of the time of a read. In a pause the young
passes go on, which free cycles soon after they are dropped and walk only what is in the
processor's cache. What survives them is walked once more, when a block ends.
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

MIDDLE = 1
"""The generation collected when a block ends, so that what was made counts as old."""
YOUNG_PASSES = 10_000
"""Young passes before a middle one in a pause: the 7 million objects of a list that has no end.

A middle pass during a read walks, and makes old, objects that the read itself frees at its end.
Without one, cycles that outlive a young pass would wait for the end of the block, however far.
CPython 3.14.0 to 3.14.4 has no full passes: there it is the threshold for walking old objects.
"""


class _Pauses:
    """How many blocks are inside a pause, by thread: the collector is the whole process's."""

    def __init__(self) -> None:
        self._lock = RLock()  # re-entrant: a finalizer may run, and pause, while we hold it
        self._inside: Counter[int] = Counter()
        self._before = self._during = gc.get_threshold()

    def enter(self) -> int:
        """Return what `leave` is to be called with, be it by another thread."""
        with self._lock:
            if not self._inside:
                self._start()
            self._inside[get_ident()] += 1
            return get_ident()

    def leave(self, thread: int) -> None:
        """Collect what is due. Where pauses overlap, there may never be a last block to leave."""
        with self._lock:
            self._inside[thread] -= 1
            self._inside += Counter()  # without those that have none left
            self._end()
            _collect(overlapping=bool(self._inside))
            if self._inside:
                self._start()

    def forked(self) -> None:
        """Count only the thread that goes on in a child: the others will never leave there."""
        self._lock = RLock()
        paused = bool(self._inside)
        self._inside = Counter({get_ident(): self._inside[get_ident()]}) + Counter()
        if paused and not self._inside:
            self._end()

    def _start(self) -> None:
        self._before = young, middle, full = gc.get_threshold()
        gc.set_threshold(young, max(middle, YOUNG_PASSES), full)
        self._during = gc.get_threshold()

    def _end(self) -> None:
        if gc.get_threshold() == self._during:  # or the application has set others meanwhile
            gc.set_threshold(*self._before)


def _collect(*, overlapping: bool) -> None:
    """Collect the younger generations, and all if that is due.

    When it is due is CPython's own rule: after so many middle passes, if the objects that became
    old since the last full pass are a quarter of those that were old then. The application's
    threshold for the former is for passes that come thousands of objects apart. Where pauses
    overlap, there is one a read, and the quarter alone decides.
    """
    thresholds = young, middle, full = gc.get_threshold()
    if not (gc.isenabled() and young):
        return
    gc.collect(MIDDLE)
    passes = 0 if overlapping else full
    if gc.get_count()[2] > passes:
        gc.set_threshold(1, middle, passes)
        _ = [set[int]() for _ in range(10)]  # the rule is applied when objects are made
        gc.set_threshold(*thresholds)


_PAUSES = _Pauses()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_PAUSES.forked)


@contextmanager
def paused_gc() -> Iterator[None]:
    """Put off the collector's middle and full passes, in all threads, while the block runs.

    Nested and concurrent use is safe: each block that ends, be it by an error, runs the passes
    that are due, and the last one restores the thresholds. A collector that the application has
    disabled is left alone. Do not hold it over code that makes many cycles that live for long.
    """
    thread = _PAUSES.enter()
    try:
        yield
    finally:
        _PAUSES.leave(thread)
