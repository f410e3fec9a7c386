"""Equal values that were made already, as one object: the first of them stands for all.

Where a driver's raw values are out of reach, sharing begins after a value was made: what is saved
is memory, not the time to make it. Two values are shared only where nobody can tell them from one
another: 1.0 and 1.00 are equal, as are two times of different zones, and are different values.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from strategies.support.sharing import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Key = Callable[[Any], Any]


def _of_datetime(value: datetime | time) -> Any:
    """Return its bytes, with the fold, and its time zone, of which some have no hash."""
    state = value.__reduce_ex__(4)[1]
    return state if value.tzinfo is None else (state[0], repr(value.tzinfo))


KEYS: dict[type, Key | None] = {
    UUID: attrgetter("int"),
    Decimal: str,
    date: None,
    datetime: _of_datetime,
    time: _of_datetime,
    str: None,
}
"""The immutable types that are shared, and what stands for a value: None for itself.

A UUID's hash is Python, a Decimal's a division, and an aware datetime's asks its zone.
"""


def _key_of(kind: type) -> Key | None:
    """Return what makes the key of a value of that class. Raises KeyError if it is not shared."""
    is_of_asyncpg = kind.__module__.startswith("asyncpg.") and issubclass(kind, UUID)
    return KEYS[UUID if is_of_asyncpg else kind]


class Interned(Pool):
    """A pool of the values of one column, all of which are of one class, or None."""

    def __init__(self, bound: int | None = None) -> None:
        self._kind: type | None = None
        self._key: Key | None = None
        self._made: dict[Any, Any] = {}
        super().__init__(self._made.__getitem__, bound)

    def values(self, raws: Sequence[Any]) -> Iterable[Any]:  # type: ignore[override]
        """Return the values, one for each, those that are equal as one object where that pays."""
        if self._kind is object or self.passes_over(len(raws)):
            return raws
        present = raws
        classes = {*map(type, raws)}
        if NoneType in classes:
            present = [value for value in raws if value is not None]
            classes.discard(NoneType)
        if len(classes) != 1 or not self._is_of(*classes):
            return raws
        keys = [*map(self._key, present)] if self._key else present
        self._made.update(zip(keys, present, strict=True))
        shared = iter([*super().values(keys)])
        self._made.clear()
        if present is raws:
            return shared
        return [None if value is None else next(shared) for value in raws]

    def value(self, raw: Any) -> Any:
        """Return the value, or the one that stands for it: `values` of a single one."""
        if self._passing > 0 and self.passes_over(1):
            return raw
        if raw is None or not (type(raw) is self._kind or self._is_of(type(raw))):
            return raw
        key = self._key(raw) if self._key else raw
        if key in self:
            return self[key]
        self._made[key] = raw
        value = self[key]
        self._made.clear()
        return value

    def _is_of(self, kind: type) -> bool:
        """Whether values of that class are shared: of the first class that comes, if any."""
        if self._kind is None:
            try:
                self._kind, self._key = kind, _key_of(kind)
            except KeyError:
                self._kind = object
        return kind is self._kind is not object
