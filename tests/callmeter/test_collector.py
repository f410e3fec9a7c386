"""The states of the garbage collector, and what a process holds, in a fresh process."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from callmeter.call import Call
from callmeter.collector import STATES, THRESHOLDS
from callmeter.live_objects import Record
from callmeter.worker import Job
from callmeter.worker_pool import ask_once

FACTORY = "test_collector:make_call"


def make_call(expected: str, live: int = 0) -> Call:
    """Return a call that fails where the collector is in another state, or others are alive."""
    default, frozen_at_start = gc.get_threshold(), gc.get_freeze_count()  # from 3.12 on, not 0

    def look() -> list[int]:
        found = {
            "default": gc.isenabled() and gc.get_threshold() == default,
            "paused": not gc.isenabled(),
            "relaxed": gc.get_threshold() == THRESHOLDS,
            "frozen": gc.get_freeze_count() > frozen_at_start,
        }
        assert [name for name, is_so in found.items() if is_so] in (
            [expected],
            ["default", expected],
        )
        alive = sum(type(one) is Record for one in gc.get_objects())
        assert alive == live or found["frozen"]
        return [1]

    return Call(look, warm_up=lambda: None)


@pytest.mark.parametrize("state", STATES)
def test_a_call_is_timed_in_that_state(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    job = Job(FACTORY, {"expected": state}, "clock", collector=state)
    answer = ask_once(job, 60)
    assert answer.error is None, answer.traceback
    assert answer.values["wall"] > 0


def test_what_lives_beside_is_there_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    job = Job(FACTORY, {"expected": "default", "live": 1_000}, "tracemalloc", live_objects=3_000)
    answer = ask_once(job, 60)
    assert answer.error is None, answer.traceback
    assert answer.values["traced_retained"] < 10_000
