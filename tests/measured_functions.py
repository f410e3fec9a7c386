"""Functions that tests measure: another process finds them by their names.

The tests of the plugin have a copy of this file, as `functions`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

SIZE = 1_000
CALLS: list[int] = []
CACHE: list[bytes] = []


class OddError(Exception):
    """An exception that pickle cannot make again."""

    def __init__(self, first: object, _: object) -> None:
        super().__init__(first)


def blocks(number: int, size: int = SIZE) -> list[bytes]:
    """Return so many objects of that size."""
    return [bytes(size) for _ in range(number)]


def doubled(number: int, size: int = SIZE) -> list[bytes]:
    """Return the same, with as much again at the peak."""
    beside = blocks(number, size)
    return [bytes(size) for _ in beside]


def released(number: int) -> int:
    return sum(map(len, blocks(number)))


def one_by_one(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield bytes(SIZE)


async def awaited(number: int) -> list[bytes]:
    await asyncio.sleep(0)
    return blocks(number)


async def awaited_one_by_one(number: int) -> AsyncIterator[bytes]:
    for _ in range(number):
        yield bytes(SIZE)


def nothing() -> list[bytes]:
    return []


def caching(number: int) -> int:
    """Hold so many objects for good."""
    CACHE.extend(blocks(number))
    return number


def pinning(number: int) -> int:
    """Make so many small objects; of the second call, hold one in a thousand for good."""
    made = [bytes(31) for _ in range(number)]
    CALLS.append(1)
    if len(CALLS) == 2:
        CACHE.extend(made[::1000])
    return number


def growing() -> list[int]:
    """Return one item more at every call."""
    CALLS.append(1)
    return list(CALLS)


def of_process(*_: object) -> range:
    """Return as many items as the number of the process."""
    return range(os.getpid())


def options(timeout: object, warm_up: object, meters: object) -> list[object]:
    """Return arguments that have the names of callmeter's options."""
    return [timeout, warm_up, meters]


def failing(message: str = "no such payroll") -> None:
    raise LookupError(message)


def failing_oddly() -> None:
    raise OddError(1, 2)


def killed() -> None:
    os.kill(os.getpid(), 9)


def ending() -> None:
    sys.exit(3)


def prefix() -> str:
    return sys.prefix
