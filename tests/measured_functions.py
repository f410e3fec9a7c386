"""Functions that tests measure: another process finds them by their names."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 1_000
CALLS: list[int] = []


def blocks(number: int, size: int = SIZE) -> list[bytes]:
    """So many objects of that size, and as much again for a moment."""
    beside = [bytes(size) for _ in range(number)]
    return [bytes(size) for _ in beside]


def one_by_one(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield bytes(SIZE)


async def later(number: int) -> list[bytes]:
    await asyncio.sleep(0)
    return blocks(number)


def growing() -> list[int]:
    """One item more at each call."""
    CALLS.append(1)
    return list(CALLS)


def failing(message: str) -> None:
    raise LookupError(message)


def ending() -> None:
    sys.exit(3)


def prefix() -> str:
    return sys.prefix
