"""Objects that live beside a call, all of them tracked by the garbage collector."""

from __future__ import annotations

import gc

import pytest

from callmeter.live_objects import live_objects


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10_000])
def test_all_are_tracked_after_a_collection_too(count: int) -> None:
    held = live_objects(count)
    gc.collect()
    assert len(held) == count
    assert all(map(gc.is_tracked, held))
    assert {type(one).__name__ for one in held} <= {"Record", "tuple", "dict"}
