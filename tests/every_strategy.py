"""Fixtures for tests of the strategies: every strategy, every stream, and an engine.

A module that uses `engine` has a fixture `url`, of the schema that its premiums are written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.payroll import catalog, loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import IterPremiumsForPayroll


@pytest.fixture(params=loading.names())
def strategy(request: pytest.FixtureRequest) -> loading.Strategy:
    return loading.load(request.param)


@pytest.fixture(params=catalog.streaming())
def stream(request: pytest.FixtureRequest) -> IterPremiumsForPayroll:
    return loading.stream(loading.load(request.param))


@pytest.fixture
def engine(url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    return engine_at(url)
