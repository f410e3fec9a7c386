"""One object for all equal values, for as long as sharing pays.

    pool = Pool(UUID_loader)            # of a column, for a result that is held
    values = pool.values(raw_values)    # chunk by chunk

Most of what a read retains are values that the driver made: a UUID, Decimal or date for every cell,
equal or not. All of them are immutable, so that a column which repeats its values can hold few
objects. A pool finds out whether it does, and looks again later: nothing is known beforehand of how
many values there are, and a column that begins with distinct ones may repeat them after.

Whether values come again is seen from a sample of them, taken by their digest (distinct sampling,
Gibbons, VLDB 2001): a value is in the sample each time it comes, or never, so that the repeats in
it are a true share of all repeats, at a thirty-second of what remembering every value takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

SMALLEST = 64
"""Values of the smallest pool, and of the smallest sample that anything is judged by.

A pool of 64 costs 6 KB; of 64 values, an eighth can be distinguished from none.
"""

AGAIN = 1 / 8
"""The share of values seen before that makes sharing worth its while.

The smallest that a sample of SMALLEST distinguishes from chance. A value that came twice of so many
mostly comes more often: the sooner a pool grows, the fewer copies were made before.
"""

WATCHED = 32
"""One value in so many is remembered: 3 bytes a value, where the value has about 100."""

MOST_PASSED = 16
"""Looks that are passed over, at most, where all before found the same: a sixteenth of their time.

Where nothing came again, looks at whether it does by now; where values did, counts of how many.
"""

WHOLE = 1 << 32


def identity(raw: Any) -> Any:
    """Return the raw value: the `make` of a pool of values that need no making."""
    return raw


class Pool(dict["Hashable", Any]):
    """Raw value -> the object that all its equals share; a lookup that finds it runs in C.

    `make` returns the object of a raw value, which must be immutable. A pool of the result that is
    held may grow for as long as it finds enough to share: it costs its entries alone, as the result
    holds the values, and goes when the read ends. With a `bound`, for a stream, it holds twice as
    many values at most.

    Two generations of entries: a full one becomes the old one, from which what is used comes back,
    and what is not (the ids) goes with the next change. A full one grows instead where many of its
    values had been made before: there was room missing for them.

    Threads may share a pool. At worst a value is made twice, and what pays is found out later.
    """

    def __init__(self, make: Callable[[Any], Any], bound: int | None = None) -> None:
        super().__init__()
        self._make = make
        self._bound = bound or WHOLE
        self._seen = _Sample()
        self._pays = True
        self._trusted = self._trials = 0
        self._passing = self._gap = 0
        self._watched: list[Any] = []
        self._begin({})

    def values(self, raws: Sequence[Any]) -> Iterable[Any]:  # type: ignore[override]
        """Return the objects of the raw values, one for each."""
        if self._pays:
            return [*map(self.__getitem__, raws)]
        if not self.passes_over(len(raws)):
            self._watch(raws)
        return map(self._make, raws)

    def passes_over(self, count: int) -> bool:
        """Whether so many more values would not be looked at; if so, they count as passed."""
        if self._pays or self._passing <= 0:
            return False
        self._passing -= count
        return True

    def __missing__(self, raw: Any) -> Any:
        """Return the object of a raw value that is not among the present generation."""
        if not self._pays:
            return self._unshared(raw)
        tried = self._tried  # looked at once: another thread may end the trial
        if tried is not None:
            return self._try(raw, tried)
        value = self._old.pop(raw, None)  # as in `_old_or_made`, without the call
        if value is None:
            value = self._make(raw)
        self[raw] = value
        if len(self) >= self._limit:
            self._judge()
        return value

    def _old_or_made(self, raw: Any) -> Any:
        value = self._old.pop(raw, None)
        return self._make(raw) if value is None else value

    def _begin(self, old: dict[Any, Any], limit: int | None = None) -> None:
        """Begin a generation; its first lookups are counted, as later those that hit are not.

        Not those of every one: the more counts in a row found that sharing pays, the fewer follow.
        """
        self._old = old
        self.clear()
        self._limit = min(limit or SMALLEST, self._bound)
        self._tried: dict[Any, Any] | None = None
        if self._trusted > 0:
            self._trusted -= 1
        else:
            self._tried = {}
            self._lookups = self._hits = 0
        self._start_of_new()

    def _start_of_new(self) -> None:
        self._judged, self._old_before = len(self), len(self._old)

    def _try(self, raw: Any, tried: dict[Any, Any]) -> Any:
        value = tried.get(raw)
        if value is None:
            value = tried[raw] = self._old_or_made(raw)
        else:
            self._hits += 1
        self._lookups += 1
        if self._lookups == SMALLEST or len(tried) >= self._limit:
            self.update(tried)
            self._tried = None
            if len(self) >= self._limit:
                self._judge()
        return value

    def _judge(self) -> None:
        """Let a full generation grow, end it, or give up sharing."""
        new = [*self][self._judged :]  # a copy in one step: another thread may add to it
        if not new:  # another thread has judged meanwhile
            return
        again = self._seen.again(new)
        came_back = (self._old_before - len(self._old)) / len(new)
        hits = self._hits / max(1, self._lookups)  # 0, where another thread has begun a trial
        if again - came_back >= AGAIN and len(self) < self._bound:
            self._limit = min(2 * len(self), self._bound)
            self._start_of_new()
        elif hits + (1 - hits) * again >= AGAIN:
            if self._trusted == 0:
                self._trials += 1
                self._trusted = min(MOST_PASSED, self._trials)
            self._begin(dict(self), self._limit)
        else:
            self._pays = False
            self._passing = self._gap = self._trials = 0
            self._begin({})

    def _unshared(self, raw: Any) -> Any:
        if self._passing > 0:  # as in `passes_over`, without the call
            self._passing -= 1
        else:
            self._watched.append(raw)
            if len(self._watched) >= SMALLEST:
                self._watch(self._watched)
                self._watched = []
        return self._make(raw)

    def _watch(self, raws: Sequence[Any]) -> None:
        """Look whether values come again by now; look less often where none ever did."""
        again = self._seen.again(raws)
        self._pays = again >= AGAIN
        self._gap = 0 if again else min(MOST_PASSED, 2 * self._gap + 1)
        self._passing = self._gap * len(raws)


class _Sample:
    """The values seen whose digest is below a limit, which falls as they become many."""

    def __init__(self) -> None:
        self._digests: set[int] = set()
        self._limit = WHOLE
        self._looked = 0
        self._picked = self._repeated = 0.0

    def again(self, raws: Sequence[Any]) -> float:
        """Add the values; return the share of the latest that had been seen before, 0 to 1."""
        picked = [digest for digest in map(_digest_of(raws), raws) if digest < self._limit]
        known = len(self._digests)
        self._digests.update(picked)
        repeated = len(picked) - (len(self._digests) - known)
        faded = max(0.0, 1 - len(picked) / SMALLEST)  # a few picks tell little by themselves
        self._picked = self._picked * faded + len(picked)
        self._repeated = self._repeated * faded + repeated
        self._looked += len(raws)
        while len(self._digests) > max(SMALLEST, self._looked // WATCHED):
            self._limit //= 2
            self._digests = {one for one in self._digests.copy() if one < self._limit}
        return self._repeated / self._picked if self._picked else 0.0


def _digest_of(raws: Iterable[Any]) -> Callable[[Any], int]:
    """Return what makes a number of 32 bits of a value: the same one in every process."""
    kinds = {*map(type, raws)}
    if kinds == {bytes}:
        return crc32
    return _of_integer if kinds == {int} else _of_text


def _of_integer(raw: int) -> int:
    # Multiplicative hashing, Knuth, TAOCP 3, section 6.4. Of an integer, hash() is the remainder by
    # a prime, in which all of its bits count: UUIDs of version 1 differ in none of the lowest ones.
    return hash(raw) * 0x9E3779B97F4A7C15 >> 32 & 0xFFFFFFFF


def _of_text(raw: object) -> int:
    return crc32(repr(raw).encode(errors="surrogatepass"))
