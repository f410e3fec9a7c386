"""The fixture `memory`: what it measures, where, and what it raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Run


def test_a_call_is_measured_in_the_process_of_the_test(run: Run) -> None:
    done = run("""
import threading

def test_it(memory, monkeypatch):
    measured = memory(functions.blocks, 1000, size=2000)
    assert measured.name == "blocks"
    assert measured.where == "this process"
    assert measured.items == len(measured.result) == 1000
    assert measured.retained_per_item == pytest.approx(2050, rel=0.02)
    assert measured.peak_per_item == pytest.approx(2050, rel=0.02)
    assert sum(measured.layers.peak.values()) == measured.peak
    assert sum(measured.layers.retained.values()) == measured.retained
    assert measured.layers.peak["domain objects"] > 0.9 * measured.peak

    monkeypatch.setattr(functions, "process", lambda lock: [os.getpid()])
    assert memory(functions.process, threading.Lock()).result == [os.getpid()]
""")
    done.assert_outcomes(passed=1)


def test_what_is_released_is_in_the_peak_alone(run: Run) -> None:
    done = run("""
def test_it(memory):
    measured = memory(functions.released, 1000)
    assert measured.items is None
    assert measured.peak > 1_000_000 > 10_000 > measured.retained
""")
    done.assert_outcomes(passed=1)


def test_once_calls_once(run: Run) -> None:
    done = run("""
def test_it(memory):
    calls = []
    assert memory(lambda: calls.append(1)).result is None
    assert len(calls) == 2

    orders = list(range(1000))
    purged = memory.once(lambda: [orders.pop() for _ in range(len(orders))])
    assert purged.items == 1000
    assert not orders

    assert memory.once.fresh(functions.blocks, 1000).where == "a fresh process"
""")
    done.assert_outcomes(passed=1)


def test_a_second_call_that_gives_another_count_fails_and_names_once(run: Run) -> None:
    done = run("""
def test_it(memory):
    orders = [1, 2, 3]
    def purge():
        return [orders.pop() for _ in range(len(orders))]
    memory(purge)
""")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        "*purge: the second call gave no items, the first 3 items: the warm-up changed something; "
        "use memory.once(...)"
    )


def test_fresh_measures_in_another_process(run: Run) -> None:
    done = run("""
def test_it(memory):
    measured = memory.fresh(functions.blocks, 1000, size=2000)
    assert measured.where == "a fresh process"
    assert measured.result is None
    assert measured.items == 1000
    assert measured.retained_per_item == pytest.approx(2050, rel=0.02)
    assert sum(measured.layers.peak.values()) == pytest.approx(measured.peak, rel=0.01)
    assert measured.peak == pytest.approx(memory(functions.blocks, 1000, size=2000).peak, rel=0.01)
    assert memory.fresh(functions.process).items != 1 + os.getpid()
""")
    done.assert_outcomes(passed=1)


def test_fresh_refuses_what_another_process_does_not_find(run: Run) -> None:
    done = run("""
import sys, threading, types
made = types.ModuleType("made")
exec("def function(): return 1", made.__dict__)
sys.modules["made"] = made

def test_lambda(memory):
    memory.fresh(lambda: 1)

def test_argument(memory):
    memory.fresh(functions.process, threading.Lock())

def test_module(memory):
    memory.fresh(made.function)
""")
    done.assert_outcomes(failed=3)
    then = "use memory(...), which calls it in the test's process"
    done.stdout.fnmatch_lines(
        [
            f"test_lambda.<locals>.<lambda> is not found by its name in a module; {then}",
            "process: an argument of type _thread.lock cannot be sent to another; use memory*",
            "function: a fresh process does not find it (ModuleNotFoundError: *); use memory*",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_arguments_named_as_options_of_callmeter_are_the_functions(run: Run) -> None:
    done = run("""
def test_it(memory):
    measured = memory(functions.options, timeout=5, warm_up="no", meters=())
    assert measured.result == [5, "no", ()]
    assert measured.name == "options"
    assert memory.fresh(functions.options, 5, warm_up="no", meters=()).name == "options"
""")
    done.assert_outcomes(passed=1)


def test_what_the_function_raises_reaches_the_test(run: Run) -> None:
    done = run("""
def test_raises(memory):
    for measure in (memory, memory.once, memory.fresh):
        with pytest.raises(LookupError, match="no such payroll"):
            measure(functions.raises)

def test_shown(memory):
    memory(functions.raises)

def test_shown_of_another_process(memory):
    memory.fresh(functions.raises)

def test_not_picklable(memory):
    memory.fresh(functions.raises_oddly)
""")
    done.assert_outcomes(passed=1, failed=3)
    done.stdout.fnmatch_lines(
        [
            "E* LookupError: no such payroll",
            "functions.py:*: LookupError",
            "E* In the fresh process:",
            "E*functions.py*in raises",
        ]
    )
    done.stdout.fnmatch_lines("raises_oddly: OddError: 1 (functions.py:*)")
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_a_fresh_process_that_ends_fails_the_test(run: Run) -> None:
    done = run("""
@pytest.mark.parametrize("function", [functions.is_killed, functions.ends])
def test_it(memory, function):
    memory.fresh(function)
""")
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines("is_killed: *killed by SIGKILL (out of memory?)")
    done.stdout.fnmatch_lines("ends: the measured process ended with exit code 3*")
    done.stdout.no_fnmatch_line("*Traceback*")


def test_without_memray_a_test_is_skipped(run: Run) -> None:
    done = run(
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
    )
    done.assert_outcomes(skipped=2)
    done.stdout.fnmatch_lines("SKIPPED*blocks: memray does not run here: *")
