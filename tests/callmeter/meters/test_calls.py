"""Many calls one after the other: what stays resident, and why."""

from __future__ import annotations

import pytest

import callmeter
import measured_functions as functions
from callmeter.errors import UsageError

MB = 1_000_000
CALLS = 12


def of_calls(function: object, *args: object) -> dict[str, float]:
    return callmeter.fresh(function, *args, meters=["calls"], calls=CALLS).values  # type: ignore[arg-type]


def test_what_every_call_lets_go_is_used_again_by_the_next() -> None:
    values = of_calls(functions.blocks, 5_000)  # 5 MB
    assert values["calls_peak"] == pytest.approx(5 * MB, abs=2.5 * MB)
    assert values["calls_retained"] < 7 * MB
    assert abs(values["calls_live"]) < 1 * MB


def test_a_cache_is_still_allocated() -> None:
    values = of_calls(functions.caching, 1_000)  # 1 MB a call
    assert values["calls_live"] == pytest.approx(CALLS * MB, rel=0.15)
    assert values["calls_retained"] == pytest.approx(CALLS * MB, rel=0.25)


def test_a_survivor_pins_what_is_free_around_it() -> None:
    values = of_calls(functions.pinning, 40_000)  # objects of 64 bytes, of which few survive
    assert values["calls_live"] < 1 * MB < values["calls_arenas"]
    assert values["calls_malloc"] < values["calls_arenas"]


def test_the_number_of_calls_is_to_be_given() -> None:
    with pytest.raises(UsageError, match="add calls=100"):
        callmeter.fresh(functions.nothing, meters=["calls"])
    with pytest.raises(UsageError, match="the meter calls needs a fresh process"):
        callmeter.measure(functions.nothing, meters=["calls"])
