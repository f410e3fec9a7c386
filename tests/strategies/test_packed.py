"""Entries of packed rows pickle, share equal values, and structs are not the collector's."""

from __future__ import annotations

import gc
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from harness.payroll import loading
from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies import packed_objects, packed_structs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

PAYROLL = Payroll(300, 6)


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


@pytest.fixture(params=[packed_objects, packed_structs], ids=lambda module: module.__name__)
def strategy(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_entries_pickle(strategy: loading.Strategy, engine: Engine) -> None:
    found = strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    again = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert again == found
    assert first_difference(entries(PAYROLL), again) is None


@pytest.mark.parametrize("streams", [False, True])
def test_equal_values_are_one_object(
    strategy: loading.Strategy, engine: Engine, streams: bool
) -> None:
    read = loading.stream(strategy) if streams else strategy.get_premiums_for_payroll
    found = list(read(engine, PAYROLL.id))
    tariffs = [part.tariff_id for entry in found for part in entry.components]
    assert len({*map(id, tariffs)}) < 2 * len(
        {*tariffs}
    )  # while a pool finds out, some are made twice
    assert len({id(entry.payroll_id) for entry in found}) == 1


def test_the_collector_does_not_know_the_structs(engine: Engine) -> None:
    found: Any = packed_structs.get_premiums_for_payroll(engine, PAYROLL.id)
    assert not any(map(gc.is_tracked, found))
    assert not any(gc.is_tracked(part) for entry in found for part in entry.components)
