"""psycopg 3: loaders that look a raw value up, of both result formats, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from psycopg.adapt import Loader
from psycopg.pq import Format

from strategies.support.shared_values._pools import Pools, ShortValues

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg.abc import AdaptContext, Buffer
    from psycopg.abc import Loader as AnyLoader

SETTINGS = {
    "uuid": (),
    "numeric": (),
    "date": (b"DateStyle",),
    "timestamp": (b"DateStyle",),
    "timestamptz": (b"DateStyle", b"TimeZone"),
    "text": (b"client_encoding",),
    "varchar": (b"client_encoding",),
    "bpchar": (b"client_encoding",),
}
"""The types that are shared, and the session's settings that a value depends on beside its bytes:
where one is changed, another pool is used from the next cursor on."""

_POOLS: WeakKeyDictionary[Any, Pools] = WeakKeyDictionary()
"""The pools of a connection, which is all that a loader has of it."""
_CLASSES: dict[type[AnyLoader], type[AnyLoader]] = {}
"""psycopg's loader -> the one that shares: one class, as psycopg remembers loaders for good."""


def share(connection: Any, pools: Pools) -> Callable[[], object]:
    """Put loaders that share in the place of psycopg's; return what puts those back."""
    driver = getattr(connection, "driver_connection", connection)
    adapters, replaced = driver.adapters, []
    _POOLS[driver] = pools
    for name, settings in SETTINGS.items():
        oid = adapters.types[name].oid
        for format_ in Format:
            base = adapters.get_loader(oid, format_)
            if base and base.__module__.startswith("psycopg"):
                adapters.register_loader(oid, _sharing(base, settings))
                replaced.append((oid, base))

    def undo() -> None:
        for oid, base in replaced:
            adapters.register_loader(oid, base)
        del _POOLS[driver]

    return undo


def _sharing(base: type[AnyLoader], settings: tuple[bytes, ...]) -> type[AnyLoader]:
    if base not in _CLASSES:
        attributes = {"base": base, "settings": settings, "format": base.format}
        named = f"Shared{base.__name__}"
        _CLASSES.setdefault(
            base, type(named, (_SharingLoader,), attributes | {"__module__": __name__})
        )
    return _CLASSES[base]


class _BufferPool(ShortValues):
    """What comes is a view into the result, which dies before the pool: its bytes are the key."""

    def __missing__(self, raw: Buffer) -> Any:
        return super().__missing__(bytes(raw))


class _SharingLoader(Loader):
    """Looks a raw value up in a pool of the connection's; what misses, the base loads."""

    base: type[Loader]
    settings: tuple[bytes, ...]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        loader: Any = self.base(oid, context)
        connection = context.connection if context else None
        pools = None if connection is None else _POOLS.get(connection)
        if connection is None or pools is None:
            self.load = loader.load  # type: ignore[method-assign]
            return
        status = connection.pgconn.parameter_status
        key = (self.base, *map(status, self.settings))
        if key not in pools:
            if hasattr(loader, "connection"):
                loader.connection = None  # or the pool would hold the key that it is held by
            pools[key] = _BufferPool(loader.load, pools.bound)
        self.load = pools[key].__getitem__  # type: ignore[method-assign, assignment]

    def load(self, data: Buffer) -> Any:
        """Return the object of a raw value: an instance has its pool's lookup in this place."""
        raise NotImplementedError
