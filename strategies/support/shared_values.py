"""psycopg loaders that give one object for all equal values, instead of a new one for each cell.

    share_values(engine)            # once, where the engine is made

Most of what a read retains are values that the driver made: a UUID, Decimal or date for every
cell, equal or not. All of them are immutable, so a column that repeats few values can hold few
objects. Nothing else changes: the same types, the same values, with both result formats.

A pool of values is bounded, and lives no longer than it may: that of a type which every session
reads alike (UUID, numeric) until the connection goes back to its pool; that of a type which a
session's settings change (dates, text) until its cursor is gone.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg.abc import AdaptContext, Buffer
    from psycopg.abc import Loader as AnyLoader
    from psycopg.adapt import AdaptersMap
    from sqlalchemy import Engine

BOUND = 4096
"""Values a generation of a pool holds; a pool is two of them at most, so some 1 MB.

`selectinload` reads the components of 500 entries by position: an entry's next component comes
after some 2,000 other values, and its insured person again after twice as many.
"""

EVIDENCE = 500
"""Values a pool sees before it judges whether sharing pays: a miss costs several times a load."""

LONGEST = 64
"""Bytes of the longest value shared, as it comes from the server."""

READ_ALIKE = ("uuid", "numeric")
READ_AS_SET = ("date", "timestamptz", "timestamp", "text", "varchar", "bpchar")


class _HasAdapters(Protocol):
    @property
    def adapters(self) -> AdaptersMap: ...


class _Pool(dict["Buffer", Any]):
    """Raw value -> the object that stands for it. A hit costs one dict lookup, in C.

    When it is full it becomes the old generation, and starts again empty: a value in use comes
    back from there, those seen once (the ids) go with the next change of generation.

    The first values are counted as they go into the old generation: as long as this one is
    empty, every lookup is a miss. Where fewer than a quarter repeat, the pool gives up for good.
    """

    def __init__(self, load: Callable[[Buffer], Any], bound: int) -> None:
        super().__init__()
        self._load = load
        self._bound = bound
        self._old: dict[Buffer, Any] = {}
        self._seen = self._again = 0
        self._pays = False  # as long as there is no evidence

    def __missing__(self, raw: Buffer) -> Any:
        if not self._pays:
            return self._count(bytes(raw)) if self._seen < EVIDENCE else self._load(raw)
        key = bytes(raw)  # what comes is a view into the result, which dies before the pool
        value = self._old.pop(key, None)
        if value is None:
            value = self._load(key)
        if len(key) <= LONGEST:
            if len(self) >= self._bound:
                self._old = dict(self)
                self.clear()
            self[key] = value
        return value

    def _count(self, key: bytes) -> Any:
        value = self._old.get(key)
        if value is None:
            value = self._load(key)
            if len(key) <= LONGEST:
                self._old[key] = value
        else:
            self._again += 1
        self._seen += 1
        if self._seen == EVIDENCE:
            self._pays = self._again >= EVIDENCE // 4
            if not self._pays:
                self._old.clear()
        return value


class _Pools(dict["type[Loader]", _Pool]):
    """The pools of one connection, and how big they may be."""

    def __init__(self, bound: int) -> None:
        super().__init__()
        self.bound = bound


_POOLS: WeakKeyDictionary[Any, _Pools] = WeakKeyDictionary()
"""The pools of each connection that is in use."""


class _SharingLoader(Loader):
    """Looks a raw value up in a pool of the cursor's; the loader it stands for makes the rest."""

    base: type[Loader]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        connection = context.connection if context else None
        pools = None if connection is None else _POOLS.get(connection)
        pools = _Pools(BOUND) if pools is None else pools
        pool = self._find_pool(oid, context, pools)
        self.load = pool.__getitem__  # type: ignore[method-assign, assignment]

    def _find_pool(self, oid: int, context: AdaptContext | None, pools: _Pools) -> _Pool:
        return _Pool(self.base(oid, context).load, pools.bound)

    def load(self, data: Buffer) -> Any:
        raise NotImplementedError  # an instance has its pool's lookup in this place


class _ConnectionWideLoader(_SharingLoader):
    """The same with a pool of the connection's: an ORM load is many short queries."""

    def _find_pool(self, oid: int, _: AdaptContext | None, pools: _Pools) -> _Pool:
        # Made without the context, so that the pool does not keep its own connection alive.
        return pools.setdefault(type(self), _Pool(self.base(oid).load, pools.bound))


_SHARING: dict[type[AnyLoader], type[AnyLoader]] = {}
"""psycopg's loader -> ours: one class for each, as psycopg remembers loader classes for good."""


def share_values(engine: Engine, bound: int = BOUND) -> None:
    """Let every connection of the engine share equal values from its next checkout on."""
    if engine.dialect.driver not in {"psycopg", "psycopg_async"}:
        raise ValueError(f"values are shared in psycopg, not in {engine.dialect.driver}")

    @event.listens_for(engine, "checkout")
    def register(_: object, record: Any, __: object) -> None:
        _register(record.driver_connection, bound)

    @event.listens_for(engine, "checkin")
    def forget(_: object, record: Any) -> None:
        if record.driver_connection is not None:  # as it is where it was invalidated
            _POOLS.pop(record.driver_connection, None)


@contextmanager
def values_shared(connection: Any, bound: int = BOUND) -> Iterator[None]:
    """Let one psycopg connection share equal values inside the block, and not after it."""
    replaced = _register(connection, bound)
    try:
        yield
    finally:
        for name, loader in replaced:
            connection.adapters.register_loader(name, loader)
        if replaced:
            _POOLS.pop(connection, None)


def _register(context: _HasAdapters, bound: int) -> list[tuple[str, type[AnyLoader]]]:
    """Put our loaders in the place of psycopg's own, and give those.

    A loader that the application registered itself stays: what it makes may be mutable.
    """
    replaced = []
    _POOLS.setdefault(context, _Pools(bound))
    for parent, names in ((_ConnectionWideLoader, READ_ALIKE), (_SharingLoader, READ_AS_SET)):
        for name in names:
            oid = context.adapters.types[name].oid
            for format_ in Format:
                base = context.adapters.get_loader(oid, format_)
                if base and base.__module__.startswith("psycopg"):
                    context.adapters.register_loader(oid, _sharing(base, parent))
                    replaced.append((name, base))
    return replaced


def _sharing(base: type[AnyLoader], parent: type[_SharingLoader]) -> type[AnyLoader]:
    if base not in _SHARING:
        attributes = {"base": base, "format": base.format, "__module__": __name__}
        _SHARING.setdefault(base, type(f"Shared{base.__name__}", (parent,), attributes))
    return _SHARING[base]
