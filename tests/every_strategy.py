"""Fixtures for tests of the strategies: every strategy, every stream, and an engine.

A module that uses `engine` has a fixture `url`, of the schema that its premiums are written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Engine

    from strategies.contract import IterPremiumsForPayroll


@pytest.fixture(params=strategies.names())
def strategy(request: pytest.FixtureRequest) -> strategies.Strategy:
    return strategies.load(request.param)


@pytest.fixture(params=strategies.streaming())
def stream(request: pytest.FixtureRequest) -> IterPremiumsForPayroll:
    return strategies.stream(strategies.load(request.param))


@pytest.fixture
def engine(url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    return engine_at(url)
