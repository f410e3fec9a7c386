"""The pytest plugin, as a test of somebody's repository uses it: in a pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.plugin.limits import Limits, breach, limits_of
from harness.plugin.measured import Layers, Measured

if TYPE_CHECKING:
    from pathlib import Path

FUNCTIONS = '''
import os

class OddError(Exception):
    """One that pickle cannot make again."""
    def __init__(self, one, other):
        super().__init__(one)

def blocks(count, size=1000):
    return [bytes(size) for _ in range(count)]

def one_by_one(count):
    yield from blocks(count)

async def awaited(count):
    return blocks(count)

async def awaited_one_by_one(count):
    for block in blocks(count):
        yield block

def let_go(count):
    return len(blocks(count))

def process(*_):
    return [os.getpid()] * (1 + os.getpid())

def raises():
    raise LookupError("no such payroll")

def raises_oddly():
    raise OddError(1, 2)

def is_killed():
    os.kill(os.getpid(), 9)

def ends():
    os._exit(3)
'''
HEAD = "import os, pytest, functions\n"


@pytest.fixture
def run(pytester: pytest.Pytester) -> object:
    """A function that runs a test file with the plugin, and gives what pytest says."""
    pytester.makepyfile(functions=FUNCTIONS)

    def run_file(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + source)
        return pytester.runpytest_subprocess("--strict-markers", "-Werror", "-q", *options)

    return run_file


def test_a_call_is_measured_in_a_fresh_process(run) -> None:
    given = run("""
def test_it(memory):
    measured = memory(functions.blocks, 1000, size=2000)
    assert measured.where == "a fresh process"
    assert measured.meter == "allocator"
    assert measured.result is None
    assert measured.items == 1000
    assert measured.delta_per_item == pytest.approx(2050, rel=0.02)
    assert measured.peak_per_item == pytest.approx(2050, rel=0.02)
    for layers, figure in zip(measured.layers, (measured.peak, measured.delta)):
        assert sum(layers.values()) == pytest.approx(figure, rel=0.01)
        assert layers["domain objects"] > 0.9 * figure
        assert list(layers.values()) == sorted(layers.values(), reverse=True)
    assert memory(functions.process).items != 1 + os.getpid()
""")
    given.assert_outcomes(passed=1)


def test_what_is_let_go_is_in_the_peak_alone(run) -> None:
    given = run("""
def test_it(memory):
    measured = memory(functions.let_go, 1000)
    assert measured.items == 1
    assert measured.peak > 1_000_000 > 10_000 > measured.delta
""")
    given.assert_outcomes(passed=1)


def test_what_cannot_be_sent_is_measured_here_and_says_why(run) -> None:
    given = run("""
import threading

def test_it(memory):
    of_lambda = memory(lambda: functions.blocks(1000))
    assert of_lambda.where == (
        "this process: test_it.<locals>.<lambda> is not found by its name in a module"
    )
    assert of_lambda.items == len(of_lambda.result) == 1000
    assert of_lambda.peak_per_item == pytest.approx(1040, rel=0.02)
    assert sum(of_lambda.layers.peak.values()) == of_lambda.peak
    assert sum(of_lambda.layers.retained.values()) == of_lambda.delta

    of_live = memory(functions.process, threading.Lock())
    assert of_live.where == (
        "this process: an argument of type _thread.lock cannot be sent to another"
    )
    assert of_live.result[0] == os.getpid()
""")
    given.assert_outcomes(passed=1)


def test_a_function_that_another_process_would_not_find_is_measured_here(run) -> None:
    given = run("""
import sys, types
made = types.ModuleType("made")
exec("def function(): return 1", made.__dict__)
sys.modules["made"] = made

def test_it(memory):
    assert memory(made.function).where == (
        "this process: a fresh one does not find it "
        "(ModuleNotFoundError: No module named 'made')"
    )
""")
    given.assert_outcomes(passed=1)


@pytest.mark.parametrize("here", [False, True])
@pytest.mark.parametrize("way", ["one_by_one", "awaited", "awaited_one_by_one"])
def test_async_functions_are_awaited_and_iterators_held(run, way: str, here: bool) -> None:
    function = f"lambda count: functions.{way}(count)" if here else f"functions.{way}"
    given = run(f"""
def test_it(memory):
    measured = memory({function}, 1000)
    assert measured.where.startswith("this process" if {here} else "a fresh process")
    assert measured.items == 1000
    assert measured.delta_per_item == pytest.approx(1045, rel=0.03)
""")
    given.assert_outcomes(passed=1)


def test_an_async_function_cannot_wait_for_another_loop(run) -> None:
    given = run("""
import asyncio

def test_it(memory):
    async def test():
        memory(lambda: functions.awaited(1))
    with pytest.raises(RuntimeError, match="call from a plain one"):
        asyncio.run(test())
""")
    given.assert_outcomes(passed=1)


def test_what_the_function_raises_reaches_the_test(run) -> None:
    given = run("""
@pytest.mark.parametrize("function", [functions.raises, lambda: functions.raises()])
def test_it(memory, function):
    with pytest.raises(LookupError, match="no such payroll"):
        memory(function)

def test_shown(memory):
    memory(functions.raises)

def test_shown_here(memory):
    memory(lambda: functions.raises())

def test_told(memory):
    memory(functions.raises_oddly)
""")
    given.assert_outcomes(passed=2, failed=3)
    given.stdout.fnmatch_lines(
        [
            "E* LookupError: no such payroll",
            "E* In the fresh process:",
            "E*functions.py*in raises",
        ]
    )
    given.stdout.fnmatch_lines("raises_oddly: OddError: 1 (functions.py:*)")
    given.stdout.no_fnmatch_line("*harness/*")


def test_a_process_that_ends_is_told(run) -> None:
    given = run("""
@pytest.mark.parametrize("function", [functions.is_killed, functions.ends])
def test_it(memory, function):
    memory(function)
""")
    given.assert_outcomes(failed=2)
    given.stdout.fnmatch_lines("is_killed: *killed by SIGKILL (out of memory?)")
    given.stdout.fnmatch_lines("ends: the measured process ended with exit code 3*")
    given.stdout.no_fnmatch_line("*Traceback*")


def test_within_its_limits_a_test_passes(run) -> None:
    given = run("""
@pytest.mark.peak_memory("1.1 MB", per_item="1.1 kB")
def test_call(memory):
    memory(functions.blocks, 1000)

@pytest.mark.peak_memory("1.1MB")
def test_body():
    functions.blocks(1000)

@pytest.mark.peak_memory("1 kB")
class TestAll:
    @pytest.mark.peak_memory("1.1MB")
    def test_closest(self):
        functions.blocks(1000)
""")
    given.assert_outcomes(passed=3)


def test_over_its_limits_a_call_fails_and_shows_the_layers(run) -> None:
    given = run("""
@pytest.mark.peak_memory("2 MB", per_item="2 kB")
def test_peak(memory):
    memory(functions.blocks, 1000)
    memory(functions.blocks, 3000)

@pytest.mark.peak_memory("2 MB", per_item="0.5 kB")
def test_per_item(memory):
    memory(lambda: functions.blocks(1000))
""")
    given.assert_outcomes(failed=2)
    given.stdout.fnmatch_lines(
        [
            "blocks: peak 3.1? MB is over the limit of 2.00 MB (1.5?x)",
            "3,000 items, 1.0? kB each at the peak; 3.1? MB retained; all allocations, *",
            "measured in a fresh process",
            "the peak by layer:",
            "* MB * 9?%  domain objects",
            "*<lambda>: peak 1.0? kB an item is over the limit of 500 B (2.0?x)",
            "1,000 items, *",
            "measured in this process: *<lambda> is not found by its name in a module",
            "* MB * 9?%  domain objects",
        ]
    )
    given.stdout.no_fnmatch_line("*harness/*")


def test_over_its_limit_a_body_fails(run) -> None:
    given = run("""
import unittest

@pytest.mark.peak_memory("1 MB")
def test_body():
    functions.blocks(1000)

class TestCase(unittest.TestCase):
    @pytest.mark.peak_memory("1 MB")
    def test_method(self):
        functions.blocks(1000)

@pytest.mark.peak_memory("1 MB")
def test_raises():
    functions.blocks(1000)
    functions.raises()
""")
    given.assert_outcomes(failed=3)
    for name in ("test_body", "test_method"):
        given.stdout.fnmatch_lines(
            [
                f"{name}: peak 1.0? MB is over the limit of 1.00 MB (1.0?x)",
                "measured in this process: the test's own body, without a warm-up",
                "*9?%  domain objects",
            ]
        )
    given.stdout.fnmatch_lines("E*LookupError: no such payroll")


def test_a_limit_that_nothing_was_measured_for_fails(run) -> None:
    given = run("""
@pytest.mark.peak_memory("1 MB")
def test_it(memory):
    functions.blocks(1000)
""")
    given.assert_outcomes(failed=1)
    given.stdout.fnmatch_lines("peak_memory: nothing was measured; call memory(function, ...)")


def test_a_fixture_of_the_same_name_is_not_mistaken(run) -> None:
    given = run("""
@pytest.fixture
def memory():
    return "theirs"

@pytest.mark.peak_memory("1 MB")
def test_it(memory):
    functions.blocks(1000)
""")
    given.assert_outcomes(failed=1)
    given.stdout.fnmatch_lines("test_it: peak 1.0? MB is over the limit of 1.00 MB*")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('"24 apples"', "peak_memory '24 apples' is not a number and a unit, as 256MB; units: B*"),
        ("24_000_000", "peak_memory '24000000' is not a number and a unit, as 256MB; units: B*"),
        ('per_item="a few"', "peak_memory's per_item 'a few' is not a number*"),
        ("", 'peak_memory without a budget; write peak_memory("24 MB")*'),
        ('"1 MB", per_itm="1 kB"', 'peak_memory() got an unexpected * write peak_memory("24 MB")*'),
    ],
)
def test_a_wrong_mark_says_what_would_be_right(arguments: str, said: str) -> None:
    mark = eval(f"pytest.mark.peak_memory({arguments})").mark  # noqa: S307 - written above
    wanted = "".join(".*" if each == "*" else re.escape(each) for each in said)
    with pytest.raises(UsageError, match=wanted):
        limits_of(mark)


def test_wrong_marks_are_errors_of_the_collection(run) -> None:
    given = run("""
@pytest.mark.peak_memory("24 apples")
def test_budget(memory): pass

@pytest.mark.peak_memory(per_item="2 kB")
def test_without_the_fixture(): pass

def test_of_the_same_file(): pass
""")
    assert given.ret == pytest.ExitCode.INTERRUPTED
    given.stdout.fnmatch_lines(
        [
            "*ERROR collecting test_it.py*",
            "test_it.py::test_budget: peak_memory '24 apples' is not a number and a unit*",
            "test_it.py::test_without_the_fixture: peak_memory's per_item needs the fixture*",
        ]
    )
    given.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_it_is_no_recording_within_another(run) -> None:
    given = run("""
import memray, tracemalloc

def test_memray(memory, tmp_path):
    with memray.Tracker(tmp_path / "another"):
        memory(lambda: 1)

@pytest.mark.peak_memory("1 MB")
def test_body(tmp_path):
    with memray.Tracker(tmp_path / "another"):
        pass

def test_tracemalloc(memory):
    tracemalloc.start()
    memory(lambda: 1)
""")
    given.assert_outcomes(failed=3)
    given.stdout.fnmatch_lines("*<lambda>: memray records this process already*")
    given.stdout.fnmatch_lines("test_body: memray records this process already*")
    given.stdout.fnmatch_lines("*<lambda>: tracemalloc is tracing this process*")


def test_unused_it_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass")
    code = (
        "import sys, pytest; pytest.main(['--collect-only', '-q', '-p', 'no:memray']);"
        "assert 'harness.pytest_plugin' in sys.modules, 'the plugin is not installed';"
        "heavy = {'sqlalchemy', 'memray', 'msgspec', 'psycopg', 'asyncio', 'harness.measure'};"
        "print('imported:', heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "imported: set()" in done.stdout


def test_small_layers_are_told_in_one_line() -> None:
    layers = {"domain objects": 990_000, "containers": 6_000, "driver rows": 3_000, "other": 1_000}
    measured = Measured("f", 0, 10**6, 1, "here", explained=lambda: Layers(layers, {}))
    said = breach(Limits(999_999.0, None), measured)
    assert said
    assert said.splitlines()[-2:] == [
        "   990.00 kB   99%  domain objects",
        "    10.00 kB    1%  3 more",
    ]
    assert breach(Limits(10**6, 10**6), measured) is None


def test_a_limit_is_told_though_its_explanation_fails() -> None:
    def fails() -> Layers:
        raise LookupError("no such payroll")

    measured = Measured("f", 0, 10**6, 1, "here", explained=fails)
    assert "(by layer: no such payroll)" in str(breach(Limits(1, None), measured))
