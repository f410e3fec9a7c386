"""A service of one strategy, as an application would write it: what the kernel ends or does not.

    python -m tools.prove.service STRATEGY ENTRIES PAYROLL_ID ... < url

It connects, reads a small payroll, then all of the others at once, and holds every result until the
last is there. Of the harness nothing is imported but what makes the engine.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import partial
from importlib import import_module
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import make_url

from harness.payroll.drivers import make_engine, of_kind
from strategies.support.contract import PremiumComponent, PremiumEntry

OF_ENTRY, OF_COMPONENT = (
    attrgetter(*(field.name for field in fields(cls))) for cls in (PremiumEntry, PremiumComponent)
)


def main(strategy: str, entries: int, small: UUID, payrolls: list[UUID], url: str) -> None:
    """Read them, and print how many entries there were; raises ValueError for another number."""
    module = import_module(f"strategies.{strategy}")
    read = module.get_premiums_for_payroll
    is_async = iscoroutinefunction(read)
    driver = getattr(module, "DRIVER", of_kind(is_async=is_async)[0])
    engine = make_engine(make_url(url), driver, is_async=is_async)
    if is_async:
        results = asyncio.run(_in_tasks(read, engine, small, payrolls))
    else:
        of_engine = partial(_read, read, engine)
        of_engine(small)
        with ThreadPoolExecutor(len(payrolls)) as pool:
            results = list(pool.map(of_engine, payrolls))
    counts = {count for _, count in results}
    if counts != {entries}:
        raise ValueError(f"expected {entries} entries each, got {counts}")
    print(entries * len(results))


def _read(read: Any, engine: Any, payroll: UUID) -> tuple[Any, int]:
    result = read(engine, payroll)
    return result, _seen(result)


async def _in_tasks(
    read: Any, engine: Any, small: UUID, payrolls: list[UUID]
) -> list[tuple[Any, int]]:
    async def one(payroll: UUID) -> tuple[Any, int]:
        result = await read(engine, payroll)
        return result, _seen(result)

    await one(small)
    results = await asyncio.gather(*map(one, payrolls))
    await engine.dispose()
    return results


def _seen(result: Any) -> int:
    """Read every field of every entry and component; return the number of entries."""
    count = 0
    for entry in result:
        OF_ENTRY(entry)
        for component in entry.components:
            OF_COMPONENT(component)
        count += 1
    return count


if __name__ == "__main__":
    _, name, number, first, *others = sys.argv
    main(name, int(number), UUID(first), [*map(UUID, others)], sys.stdin.readline().strip())
