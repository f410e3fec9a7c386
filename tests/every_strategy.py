"""Fixtures for tests of the strategies: every strategy, and a reader of each, async or not.

A module that uses `reader` has a fixture `url`, of the schema that its premiums are written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.payroll import catalog, loading
from harness.payroll.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Engine


@pytest.fixture(params=loading.names())
def strategy(request: pytest.FixtureRequest) -> loading.Strategy:
    return loading.load(request.param)


@pytest.fixture
def reader_at() -> Iterator[Callable[..., Reader]]:
    """A function that makes a strategy's reader at a URL, closed after the test."""
    readers: list[Reader] = []

    def make(strategy: loading.Strategy, url: URL, *driver: str, **options: Any) -> Reader:
        readers.append(Reader(strategy, url, *driver, **options))
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()


@pytest.fixture
def reader(strategy: loading.Strategy, url: URL, reader_at: Callable[..., Reader]) -> Reader:
    return reader_at(strategy, url)


@pytest.fixture(params=catalog.streaming())
def streamer(request: pytest.FixtureRequest, url: URL, reader_at: Callable[..., Reader]) -> Reader:
    """The reader of each strategy that streams."""
    return reader_at(loading.load(request.param), url)


@pytest.fixture
def engine(url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    return engine_at(url)
