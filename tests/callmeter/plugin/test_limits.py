"""The mark `peak_memory`, the ini file's limit, and the report of a test that exceeds them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import UsageError
from callmeter.explanation import Explanation
from callmeter.measurement import FRESH_PROCESS, Measurement
from callmeter.plugin.limits import Limits, breach, limits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from inner_pytest import Run

ROOT = Path("/root")


def test_within_its_limits_a_test_passes(run: Run) -> None:
    run(
        """
@pytest.mark.peak_memory("1.1 MB", per_item="1.1 kB")
def test_call(memory):
    memory(functions.blocks, 1000)

@pytest.mark.peak_memory("1 kB")
class TestAll:
    @pytest.mark.peak_memory("1.1MB")
    def test_the_closest_mark_holds(self):
        functions.blocks(1000)

@pytest.mark.peak_memory("2 MB")
@pytest.mark.parametrize("number", [
    pytest.param(3000, marks=pytest.mark.peak_memory("4 MB")),
    1000,
])
def test_a_parameter_has_its_limit(memory, number):
    memory(functions.blocks, number)
""",
        passed=4,
    )


def test_over_its_limits_a_call_fails_and_shows_layers_and_places(run: Run) -> None:
    done = run(
        """
@pytest.mark.peak_memory("2 MB", per_item="2 kB")
def test_peak(memory):
    memory(functions.blocks, 1000)
    memory(functions.blocks, 3000)

@pytest.mark.peak_memory("2 MB", per_item="0.5 kB")
def test_per_item(memory):
    memory.fresh(functions.blocks, 1000)

@pytest.mark.peak_memory("1 MB")
def test_once(memory):
    memory.once(lambda: bytes(2_000_000))

@pytest.mark.peak_memory("2 MB")
@pytest.mark.parametrize("number", [pytest.param(500, marks=pytest.mark.peak_memory("0.1 MB"))])
def test_parameter(memory, number):
    memory(functions.blocks, number)

@pytest.mark.peak_memory("1 MB")
def test_nothing(memory):
    functions.blocks(1000)

@pytest.mark.peak_memory("1 MB", per_item="1 kB")
@pytest.mark.parametrize("function", [functions.nothing, lambda: None])
def test_without_items(memory, function):
    memory(function)
""",
        failed=7,
        shown="""
blocks: peak 3.1? MB is over the limit of 2.00 MB by 1.1? MB
3,000 items, 1.0? kB each at the peak; 3.1? MB retained; all allocations, native*
measured in this process, after a warm-up
the peak by layer:
* MB * 9?%  domain objects
* kB *  1%  3 more
the largest places:
* MB *%  functions.py:* (*
blocks: peak 1.0? kB an item is over the limit of 500 B an item by 5?? B
1,000 items, *
measured in a fresh process, after a warm-up
* MB * 9?%  domain objects
*<lambda>: peak 2.0? MB is over the limit of 1.00 MB by *
* retained; all allocations*
measured in this process, without a warm-up
* MB  100%  test_it.py:14 (<lambda>)
blocks: peak 0.5?? MB is over the limit of 0.100 MB by *
peak_memory: nothing was measured; call memory(function, ...)
nothing: it gave no items, so that peak_memory's per_item cannot hold; use a peak alone
<lambda>: it gave nothing that has a length, so that peak_memory's per_item cannot hold; *
""",
    )
    done.stdout.no_fnmatch_line("*1 items*")
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_over_its_limit_a_body_fails(run: Run) -> None:
    done = run(
        """
import unittest

@pytest.mark.peak_memory("1 MB")
def test_body():
    functions.blocks(1000)

class TestCase(unittest.TestCase):
    @pytest.mark.peak_memory("1 MB")
    def test_method(self):
        bytes(2_000_000)

@pytest.mark.peak_memory("1 MB")
def test_raises():
    functions.blocks(1000)
    functions.failing()

@pytest.fixture
def memory():
    return "another fixture of this name"

@pytest.mark.peak_memory("1 MB")
def test_with_another_fixture(memory):
    functions.blocks(1000)
""",
        failed=4,
        shown="""
test_body: peak 1.0? MB is over the limit of 1.00 MB by *
measured in this process, the test's own body, without a warm-up
*9?%  domain objects
the largest places:
* MB *%  functions.py:* (*
test_method: peak 2.0? MB is over the limit of 1.00 MB by *
* MB *%  test_it.py:12 (test_method)
E*LookupError: no such payroll
test_with_another_fixture: peak 1.0? MB is over the limit of 1.00 MB*
""",
    )
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_the_ini_file_has_a_limit_for_tests_without_one(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\npeak_memory = 2 MB\n")
    run(
        """
def test_call(memory):
    memory(functions.blocks, 3000)

@pytest.mark.peak_memory
def test_body():
    functions.blocks(3000)

@pytest.mark.peak_memory(per_item="2 kB")
def test_marked(memory):
    memory(functions.blocks, 3000)

def test_unmarked_body():
    functions.blocks(3000)

def test_unused(memory):
    pass
""",
        failed=2,
        passed=3,
        shown="""
blocks: peak 3.1? MB is over the limit of 2.00 MB by *
test_body: peak 3.1? MB is over the limit of 2.00 MB by *
""",
    )


@pytest.mark.parametrize("options", [(), ("-n1",)], ids=["", "xdist"])
def test_a_wrong_limit_in_the_ini_file_is_a_usage_error(
    run: Run, pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    pytester.makeini("[pytest]\npeak_memory = 24 apples\n")
    done = run("def test_it(): pass", *options)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    (error,) = [line for line in done.errlines if "apples" in line]
    assert error.startswith("ERROR: the ini file's peak_memory '24 apples' is not a number and a ")


def test_wrong_marks_are_errors_of_the_collection(run: Run) -> None:
    done = run(
        """
@pytest.mark.peak_memory("24 apples")
def test_limit(memory): pass

@pytest.mark.peak_memory(per_item="2 kB")
def test_without_the_fixture(): pass

@pytest.mark.peak_memory
def test_without_arguments(memory): pass

def test_of_the_same_file(): pass
""",
        shown="""
*ERROR collecting test_it.py*
test_it.py::test_limit: peak_memory '24 apples' is not a number and a unit*
test_it.py::test_without_the_fixture: peak_memory's per_item needs the fixture*
test_it.py::test_without_arguments: peak_memory without a limit; *in the ini file
""",
    )
    assert done.ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (pytest.mark.peak_memory(24_000_000), "peak_memory '24000000' is not a number and a unit"),
        (pytest.mark.peak_memory(per_item="a few"), "peak_memory's per_item 'a few' is not a"),
        (pytest.mark.peak_memory(), 'peak_memory without a limit; write peak_memory("24 MB")'),
        (pytest.mark.peak_memory("1 MB", per_itm="1 kB"), "peak_memory() got an unexpected"),
    ],
)
def test_the_error_of_a_wrong_mark_is_one_line(mark: pytest.MarkDecorator, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}.*$"):
        limits_of(mark.mark)


def measured(explain: Callable[[], Explanation]) -> Measurement:
    """Return a measurement of 1 MB."""
    return Measurement("f", {"peak": 1e6, "retained": 0.0}, 1, FRESH_PROCESS, explain=explain)


def test_small_layers_stand_in_one_line_and_small_places_in_none() -> None:
    layers = {"domain objects": 990_000, "containers": 6_000, "driver rows": 3_000, "other": 1_000}
    places = {f"{ROOT}/app/read.py:3 (read)": 990_000, "/lib/driver.py:1 (fetch)": 500}
    call = measured(lambda: Explanation(layers, {}, peak_places=places))
    assert str(breach(Limits(5e5), call, "after a warm-up", ROOT)).splitlines() == [
        "f: peak 1.00 MB is over the limit of 0.500 MB by 0.500 MB",
        "0 B retained; all allocations, native ones included",
        "measured in a fresh process, after a warm-up",
        "the peak by layer:",
        "  0.990 MB   99%  domain objects",
        "   10.0 kB    1%  3 more",
        "the largest places:",
        "  0.990 MB   99%  app/read.py:3 (read)",
    ]
    assert breach(Limits(10**6, 10**6), call, "", ROOT) is None


def test_an_exceeded_limit_is_reported_though_its_explanation_fails() -> None:
    def explain() -> Explanation:
        raise LookupError("no such payroll")

    text = str(breach(Limits(5e5), measured(explain), "", ROOT))
    assert text.startswith("f: peak 1.00 MB is over the limit of 0.500 MB")
    assert text.endswith("(not explained: no such payroll)")
