"""The fixture `memory`: what it measures, where, and what it raises."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

import measured_functions as functions

if TYPE_CHECKING:
    from inner_pytest import Run

BLOCK = functions.SIZE + sys.getsizeof(b"") + 8
"""Bytes of an item of `blocks`, and of its place in the list."""


def test_a_call_is_measured_in_the_process_of_the_test(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = memory(functions.blocks, 1000)
    assert (measured.name, measured.where) == ("blocks", "this process")
    assert measured.items == len(measured.result) == 1000
    assert measured.retained_per_item == pytest.approx(BLOCK, rel=0.02)
    assert measured.peak_per_item == pytest.approx(BLOCK, rel=0.02)
    assert sum(measured.layers.peak.values()) == measured.peak
    assert sum(measured.layers.retained.values()) == measured.retained
    monkeypatch.setattr(functions, "of_process", lambda lock: [lock, os.getpid()])
    lock = threading.Lock()
    assert memory(functions.of_process, lock).result == [lock, os.getpid()]


def test_what_is_released_is_in_the_peak_alone(memory: Any) -> None:
    measured = memory(functions.released, 1000)
    assert measured.items is None
    assert measured.peak > 1_000_000 > 10_000 > measured.retained


def test_once_calls_once(memory: Any) -> None:
    calls: list[int] = []
    memory(calls.append, 1)
    assert len(calls) == 2
    orders = list(range(1000))
    purged = memory.once(lambda: [orders.pop() for _ in range(len(orders))])
    assert (purged.items, orders) == (1000, [])
    assert memory.once.fresh(functions.growing).items == 1


def test_fresh_measures_in_another_process(memory: Any) -> None:
    measured = memory.fresh(functions.blocks, 1000, size=2000)
    assert (measured.where, measured.result, measured.items) == ("a fresh process", None, 1000)
    assert sum(measured.layers.peak.values()) == pytest.approx(measured.peak, rel=0.01)
    assert measured.peak == pytest.approx(memory(functions.blocks, 1000, 2000).peak, rel=0.01)
    assert memory.fresh(functions.of_process).items != os.getpid()


def test_arguments_named_as_options_of_callmeter_are_the_functions(memory: Any) -> None:
    measured = memory(functions.options, timeout=5, warm_up="no", meters=())
    assert measured.result == [5, "no", ()]
    assert measured.name == "options"
    assert memory.fresh(functions.options, 5, warm_up="no", meters=()).name == "options"


def test_what_the_function_raises_reaches_the_test(memory: Any) -> None:
    for measure in (memory, memory.once, memory.fresh):
        with pytest.raises(LookupError, match="no such payroll"):
            measure(functions.failing)


@pytest.mark.parametrize("function", ["one_by_one", "awaited", "awaited_one_by_one"])
def test_async_functions_are_awaited_and_iterators_held(memory: Any, function: str) -> None:
    called = getattr(functions, function)
    for measured in (memory(called, 1000), memory.once(called, 1000), memory.fresh(called, 1000)):
        assert measured.items == 1000
        assert measured.retained_per_item == pytest.approx(BLOCK, rel=0.2)


def test_the_loop_of_a_plain_test_is_one(memory: Any) -> None:
    async def loop() -> list[object]:
        return [asyncio.get_running_loop()]

    assert memory(loop).result == memory(loop).result


def test_a_tracer_sees_the_warm_up_and_what_is_called_once(memory: Any) -> None:
    def in_thread() -> None: ...

    def function() -> None:
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()

    traced: list[object] = []

    def trace(frame: Any, *_: object) -> None:
        traced.append(frame.f_code)

    before, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(trace)
    threading.settrace(trace)
    try:
        for measure, times in ((memory, 1), (memory.once, 2)):
            measure(function)
            codes = (function.__code__, in_thread.__code__)
            assert [traced.count(code) for code in codes] == [times] * 2
        with pytest.raises(TypeError):
            memory(function, 1)
        assert sys.gettrace() is trace is threading.gettrace()
    finally:
        sys.settrace(before)
        threading.settrace(of_threads)


def test_what_cannot_be_measured_fails_the_test_in_one_line(run: Run) -> None:
    done = run(
        """
import memray, sys, threading, tracemalloc, types
made = types.ModuleType("made")
exec("def function(): return 1", made.__dict__)
sys.modules["made"] = made

def test_another_count(memory):
    memory([[1], [1, 2, 3]].pop)

def test_lambda(memory):
    memory.fresh(lambda: 1)

def test_argument(memory):
    memory.fresh(functions.of_process, threading.Lock())

def test_module(memory):
    memory.fresh(made.function)

def test_killed(memory):
    memory.fresh(functions.killed)

def test_ending(memory):
    memory.fresh(functions.ending)

def test_not_picklable(memory):
    memory.fresh(functions.failing_oddly)

def test_memray(memory, tmp_path):
    with memray.Tracker(tmp_path / "another"):
        memory(functions.nothing)

@pytest.mark.peak_memory("1 MB")
def test_memray_in_a_body(tmp_path):
    with memray.Tracker(tmp_path / "another"):
        pass

def test_tracemalloc(memory):
    tracemalloc.start()
    memory(functions.nothing)
""",
        failed=10,
        shown="""
*pop: the second call gave 1 item, the first 3 items: the warm-up changed something; use memory.once(...)
test_lambda.<locals>.<lambda> is not found by its name in a module; use memory(...), which calls it in the test's process
of_process: an argument of type _thread.lock cannot be sent to another; use memory(...)*
function: a fresh process does not find it (ModuleNotFoundError: *); use memory(...)*
killed: *killed by SIGKILL (out of memory?)
ending: the measured process ended with exit code 3*
failing_oddly: OddError: 1 (functions.py:*)
nothing: memray records this process already*
test_memray_in_a_body: memray records this process already*
nothing: tracemalloc is tracing this process*
""",  # noqa: E501
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_what_the_function_raises_is_shown_as_its_own(run: Run) -> None:
    done = run(
        """
def test_shown(memory):
    memory(functions.failing)

def test_of_another_process(memory):
    memory.fresh(functions.failing)
""",
        failed=2,
        shown="""
E* LookupError: no such payroll
functions.py:*: LookupError
E* In the fresh process:
E*functions.py*in failing
""",
    )
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_without_memray_a_test_is_skipped(run: Run) -> None:
    run(
        """
import sys
sys.modules["memray"] = None  # as where it is not installed

def test_call(memory):
    memory(functions.blocks, 1000)

@pytest.mark.peak_memory("1 MB")
def test_body():
    functions.blocks(1000)
""",
        "-rs",
        skipped=2,
        shown="SKIPPED*blocks: memray does not run here: *",
    )


def test_with_pytest_memray_only_one_records(run: Run) -> None:
    pytest.importorskip("pytest_memray", reason="pytest-memray is not installed")
    source = """
def test_call(memory):
    memory(functions.blocks, 1000)

@pytest.mark.peak_memory("2 MB")
def test_body():
    functions.blocks(1000)

@pytest.mark.limit_memory("24 MB")
def test_another():
    functions.blocks(1000)
"""
    run(source, passed=3)
    done = run(
        source,
        "--memray",
        failed=2,
        passed=1,
        shown="""
blocks: memray records this process already (pytest --memray*
test_body: memray records this process already (pytest --mem*
""",
    )
    done.stdout.no_fnmatch_line("*Traceback*")
