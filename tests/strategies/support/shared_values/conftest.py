"""The engines that share, one of each driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sharing_engines import DRIVERS, Worked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.postgres.connection import Database


@pytest.fixture
def worked(database: Database) -> Iterator[Callable[..., Worked]]:
    """A function that makes an engine of a driver, closed after the test."""
    made: list[Worked] = []

    def make(driver: str, *, is_async: bool = False, **options: Any) -> Worked:
        made.append(Worked(database.url, driver, is_async=is_async, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(params=DRIVERS, ids=lambda of: f"{of[0]}{'-async' * of[1]}")
def pair(request: pytest.FixtureRequest, worked: Callable[..., Worked]) -> tuple[Worked, Worked]:
    """Two engines of each driver: one to share values, and one as it is."""
    driver, is_async = request.param
    first, second = (worked(driver, is_async=is_async) for _ in range(2))
    return first, second
