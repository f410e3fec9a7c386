"""One line for an application: equal values of its engine become one object.

    share_values(engine)            # once, where the engine is made; an AsyncEngine too

Most of what a read retains are values that the driver made: a UUID, Decimal or date for every
cell, equal or not. All of them are immutable, so that few objects can stand for a column that
repeats few values. Nothing else changes: the same types, the same values, the same SQL.

What it takes is in a file of the driver's name in this folder, found by that name; another driver
is one more file. A column type that knows no driver is in `strategies.support.shared_type`.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import event

from strategies.support.shared_values._pools import BOUND, Pools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Dialect, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.pool import PoolProxiedConnection

POOLS = "strategies.support.shared_values"
"""The key of a connection's pools in its `info`."""
DRIVERS = sorted(module.name for module in iter_modules(__path__) if module.name[0] != "_")
__all__ = ["BOUND", "DRIVERS", "share_values", "values_shared"]


class Driver(Protocol):
    """What the module of a driver offers."""

    def share(self, connection: Any, pools: Pools) -> Callable[[], object]:
        """Make a DBAPI connection take its values from the pools; return what undoes it.

        What the application registered itself stays: the values that it makes may be mutable.
        """


def share_values(engine: Engine | AsyncEngine, bound: int = BOUND) -> None:
    """Make every connection of the engine share equal values, from its next checkout on.

    The pools of a connection hold twice `bound` values of a type at most, and go when it is
    checked in. Raises ValueError for a driver that there is no file of.
    """
    engine = getattr(engine, "sync_engine", engine)
    driver = _driver(engine.dialect)

    @event.listens_for(engine, "checkout")
    def begin(connection: Any, record: Any, _: object) -> None:
        if POOLS not in record.info:
            pools = Pools(bound)
            driver.share(connection, pools)
            record.info[POOLS] = pools

    @event.listens_for(engine, "checkin")
    def forget(_: object, record: Any) -> None:
        record.info.get(POOLS, {}).clear()


@contextmanager
def values_shared(connection: Connection, bound: int | None = None) -> Iterator[None]:
    """Make one connection share equal values inside the block, and forget them after it.

    Without a `bound`, a pool grows for as long as it finds enough to share: for a result that is
    held, and holds the values itself. Of an AsyncConnection it is `sync_connection` that is meant;
    asyncpg awaits the server at both ends of the block, so that it is entered under `run_sync`,
    unless `share_values` has prepared the connection. Raises ValueError as that does.
    """
    driver, pooled = _driver(connection.dialect), connection.connection
    pools, undo = _pools_of(driver, pooled)
    before = pools.bound
    pools.clear()
    pools.bound = bound
    try:
        yield
    finally:
        pools.clear()
        pools.bound = before
        if pooled.is_valid:
            undo()


def _pools_of(driver: Driver, pooled: PoolProxiedConnection) -> tuple[Pools, Callable[[], object]]:
    """Return the pools that the connection has, or new ones, and what takes those from it."""
    pools = pooled.info.get(POOLS)
    if pools is not None:
        return pools, lambda: None
    pools = Pools(None)
    undo = driver.share(pooled.dbapi_connection, pools)
    pooled.info[POOLS] = pools  # for a block inside this one

    def end() -> None:
        undo()
        del pooled.info[POOLS]

    return pools, end


def _driver(dialect: Dialect) -> Driver:
    name = dialect.driver.removesuffix("_async")
    if name not in DRIVERS:
        raise ValueError(f"values are shared in {', '.join(DRIVERS)}, not in {name}")
    driver: Any = import_module(f"{__name__}.{name}")
    return driver  # type: ignore[no-any-return]
