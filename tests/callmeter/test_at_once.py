"""Many calls at once: in threads or tasks, each with its number, all results held."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

import callmeter
import measured_functions as functions
from callmeter.at_once import at_once, call_number, in_tasks, numbered
from callmeter.call import AwaitedError, Call, Counted, Loop, reading
from callmeter.errors import UsageError
from callmeter.measurement import measure_async
from callmeter.meters import clock

NUMBER = 2_000


def call_of(function: Any, **how: Any) -> Call:
    loop = Loop()
    return Call(reading(function, loop), loop=loop, **how)


def test_each_call_has_a_number_and_a_thread_and_results_are_in_order() -> None:
    seen: dict[int, int] = {}

    def read() -> str:
        seen[call_number()] = threading.get_ident()
        time.sleep(0.05)  # or one thread could make two
        return f"result {call_number()}"

    call = at_once(call_of(read), 3)
    assert call.function() == ["result 0", "result 1", "result 2"]
    assert len({*seen.values()} - {threading.get_ident()}) == 3
    with numbered(2):  # of the third round
        assert call.function() == ["result 6", "result 7", "result 8"]
    assert call_number() == 0


def test_they_run_together() -> None:
    together = threading.Barrier(4, timeout=20)
    assert sorted(at_once(call_of(together.wait), 4).function()) == [0, 1, 2, 3]


def test_async_calls_are_tasks_of_the_loop_that_warmed_up() -> None:
    loops: list[Any] = []

    async def read() -> int:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return call_number()

    call = at_once(call_of(read), 3)
    assert call.warm_up is not None
    call.warm_up()
    assert call.function() == [0, 1, 2]
    assert len(loops) == 1 + 3 + 3
    assert len({*map(id, loops)}) == 1


def test_the_warm_up_makes_one_call_alone_first() -> None:
    running: list[int] = []
    most: list[int] = []

    def read() -> None:
        running.append(1)
        time.sleep(0.05)
        most.append(len(running))
        running.pop()

    call = at_once(call_of(read), 3)
    assert call.warm_up is not None
    call.warm_up()
    assert (most[0], len(most)) == (1, 4)
    assert max(most) == 3


def test_all_results_are_checked_and_counted_each_as_its_own() -> None:
    checked: list[tuple[int, Any]] = []
    call = at_once(
        call_of(lambda: [0] * call_number(), check=lambda r: checked.append((call_number(), r))), 3
    )
    counted = Counted(call)
    call.check(counted())
    assert checked == [(0, []), (1, [0]), (2, [0, 0])]
    assert counted.items == 3
    assert at_once(call_of(lambda: None), 2).count([None, None]) is None


def test_an_error_is_raised_once_all_have_ended() -> None:
    ended: list[int] = []

    def read() -> None:
        if call_number() == 0:
            raise LookupError("no such payroll")
        time.sleep(0.05)
        ended.append(call_number())

    with pytest.raises(LookupError, match="no such payroll"):
        at_once(call_of(read), 3).function()
    assert sorted(ended) == [1, 2]


def test_the_clock_has_the_slowest_of_them() -> None:
    counted = Counted(at_once(call_of(lambda: time.sleep(0.02 * call_number())), 3))
    values = clock.measure(counted)
    assert 0.04 <= values["slowest"] <= values["wall"]
    assert "slowest" not in clock.measure(lambda: None)


@pytest.mark.parametrize("function", [functions.blocks, functions.awaited])
@pytest.mark.parametrize("measure", [callmeter.measure, callmeter.fresh])
def test_what_they_need_is_that_of_all_together(measure: Any, function: Any) -> None:
    alone, many = measure(function, NUMBER), measure(function, NUMBER, at_once=4)
    assert many.items == 4 * NUMBER
    assert many.retained == pytest.approx(4 * alone.retained, rel=0.05)


def test_in_the_loop_that_runs_they_are_tasks() -> None:
    many = asyncio.run(measure_async(functions.awaited, NUMBER, at_once=3))
    assert [len(result) for result in many.result] == [NUMBER] * 3
    assert many.items == 3 * NUMBER

    async def number() -> int:
        await asyncio.sleep(0)
        return call_number()

    assert asyncio.run(in_tasks(number, 3)) == [0, 1, 2]


def test_calls_at_once_need_a_warm_up_and_a_number() -> None:
    for measure in (callmeter.measure, callmeter.fresh):
        with pytest.raises(UsageError, match="need a warm-up"):
            measure(functions.nothing, at_once=2, warm_up=False)
        with pytest.raises(UsageError, match="at_once=0"):
            measure(functions.nothing, at_once=0)
    with pytest.raises(UsageError, match="need a warm-up"):
        asyncio.run(measure_async(functions.awaited, 1, at_once=2, warm_up=False))


def test_tasks_that_fail_are_waited_for_too() -> None:
    ended: list[int] = []

    async def read() -> None:
        if call_number() == 0:
            raise LookupError("no such payroll")
        await asyncio.sleep(0.05)
        ended.append(call_number())

    with pytest.raises(LookupError, match="no such payroll"):
        asyncio.run(in_tasks(read, 3))
    assert sorted(ended) == [1, 2]


def test_no_thread_is_left_where_not_all_can_start(monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = threading.Thread.start, []

    def limited(thread: threading.Thread) -> None:
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        at_once(call_of(lambda: None), 3).function()
    assert not any(thread.is_alive() for thread in started)


def test_what_is_to_be_awaited_only_at_once_is_an_error() -> None:
    """Nothing was awaited before: there is no loop that all could share."""
    results = iter([[], functions.awaited(1), functions.awaited(1)])
    call = at_once(call_of(lambda: next(results)), 2)
    call_of(lambda: next(results)).function()
    with pytest.raises(AwaitedError, match="the one before was not"):
        call.function()
