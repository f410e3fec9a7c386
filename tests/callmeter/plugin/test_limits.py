"""The mark `peak_memory`, the ini file's limit, and what is said of a test that exceeds them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import UsageError
from callmeter.explanation import Explanation
from callmeter.measurement import FRESH_PROCESS, THIS_PROCESS, Measurement
from callmeter.plugin.failure import breach
from callmeter.plugin.limits import Limits, default_limits, limits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Run

ROOT = Path("/root")


def measurement(explain: Callable[[], Explanation], items: int = 1) -> Measurement:
    """Return a measurement of 1 MB."""
    values = {"peak": 10.0**6, "retained": 0.0}
    return Measurement("f", values, items, FRESH_PROCESS, explain=explain)


def test_within_its_limits_a_test_passes(run: Run) -> None:
    done = run("""
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
    done.assert_outcomes(passed=3)


def test_over_its_limits_a_call_fails_and_shows_layers_and_places(run: Run) -> None:
    done = run("""
@pytest.mark.peak_memory("2 MB", per_item="2 kB")
def test_peak(memory):
    memory(functions.blocks, 1000)
    memory(functions.blocks, 3000)

@pytest.mark.peak_memory("2 MB", per_item="0.5 kB")
def test_per_item(memory):
    memory.fresh(functions.blocks, 1000)

@pytest.mark.peak_memory("1 MB")
def test_one(memory):
    memory.once(functions.released, 1000)
""")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(
        [
            "blocks: peak 3.1? MB is over the limit of 2.00 MB by 1.1? MB",
            "3,000 items, 1.0? kB each at the peak; 3.1? MB retained; all allocations, native*",
            "measured in this process, after a warm-up",
            "the peak by layer:",
            "* MB * 9?%  domain objects",
            "* kB *  1%  2 more",
            "the largest places:",
            "* MB *%  functions.py:9 (*",
            "blocks: peak 1.0? kB an item is over the limit of 500 B an item by 5?? B",
            "1,000 items, *",
            "measured in a fresh process, after a warm-up",
            "* MB * 9?%  domain objects",
            "released: peak 1.0? MB is over the limit of 1.00 MB by *",
            "* retained; all allocations*",
            "measured in this process, without a warm-up",
        ]
    )
    done.stdout.no_fnmatch_line("*1 items*")
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_over_its_limit_a_body_fails(run: Run) -> None:
    done = run("""
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
    done.assert_outcomes(failed=3)
    for name in ("test_body", "test_method"):
        done.stdout.fnmatch_lines(
            [
                f"{name}: peak 1.0? MB is over the limit of 1.00 MB by *",
                "measured in this process, the test's own body, without a warm-up",
                "*9?%  domain objects",
                "the largest places:",
                "* MB *%  functions.py:9 (*",
            ]
        )
    done.stdout.fnmatch_lines("E*LookupError: no such payroll")
    done.stdout.no_fnmatch_line("*callmeter/*")


def test_the_place_is_the_line_that_allocates(run: Run) -> None:
    done = run("""
@pytest.mark.peak_memory("1 MB")
def test_call(memory):
    memory(lambda: bytes(2_000_000))

@pytest.mark.peak_memory("1 MB")
def test_once(memory):
    memory.once(lambda: bytes(2_000_000))

@pytest.mark.peak_memory("1 MB")
def test_body():
    bytes(2_000_000)
""")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(
        [
            "* MB  100%  test_it.py:5 (<lambda>)",
            "* MB  100%  test_it.py:9 (<lambda>)",
            "* MB *%  test_it.py:13 (test_body)",
        ]
    )


def test_a_parameter_has_a_limit_of_its_own(run: Run) -> None:
    done = run(
        """
@pytest.mark.peak_memory("2 MB")
@pytest.mark.parametrize("count", [
    pytest.param(3000, marks=pytest.mark.peak_memory("4 MB")),
    pytest.param(500, marks=pytest.mark.peak_memory("0.1 MB")),
    1000,
])
def test_it(memory, count):
    memory(functions.blocks, count)
""",
        "-rA",
    )
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines("FAILED test_it.py::test_it[[]500[]]*")


def test_the_ini_file_has_a_limit_for_tests_without_one(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\npeak_memory = 2 MB\n")
    done = run(
        """
def test_call(memory):
    memory(functions.blocks, 3000)

@pytest.mark.peak_memory
def test_body():
    functions.blocks(3000)

@pytest.mark.peak_memory("4 MB")
def test_marked(memory):
    memory(functions.blocks, 3000)

def test_unmarked_body():
    functions.blocks(3000)

def test_unused(memory):
    pass
"""
    )
    done.assert_outcomes(failed=2, passed=3)
    done.stdout.fnmatch_lines(
        [
            "blocks: peak 3.1? MB is over the limit of 2.00 MB by *",
            "test_body: peak 3.1? MB is over the limit of 2.00 MB by *",
        ]
    )


@pytest.mark.parametrize("options", [(), ("-n1",)])
def test_a_wrong_limit_in_the_ini_file_is_a_usage_error(
    run: Run, pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    pytester.makeini("[pytest]\npeak_memory = 24 apples\n")
    done = run("def test_it(): pass", *options)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    errors = [line for line in done.errlines if "apples" in line]
    assert len(errors) == 1
    assert errors[0].startswith(
        "ERROR: the ini file's peak_memory '24 apples' is not a number and a unit, as 256MB"
    )


def test_a_limit_that_nothing_was_measured_for_fails(run: Run) -> None:
    done = run("""
@pytest.mark.peak_memory("1 MB")
def test_it(memory):
    functions.blocks(1000)
""")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines("peak_memory: nothing was measured; call memory(function, ...)")


def test_a_result_without_items_has_no_limit_per_item(run: Run) -> None:
    done = run("""
@pytest.mark.peak_memory("1 MB", per_item="1 kB")
@pytest.mark.parametrize("function", [functions.nothing, lambda: None])
def test_it(memory, function):
    memory(function)
""")
    done.assert_outcomes(failed=2)
    then = "so that peak_memory's per_item cannot hold; use a peak alone"
    done.stdout.fnmatch_lines(
        [
            f"nothing: it gave no items, {then}",
            f"<lambda>: it gave nothing that has a length, {then}",
        ]
    )


def test_a_fixture_of_the_same_name_is_not_mistaken(run: Run) -> None:
    done = run("""
@pytest.fixture
def memory():
    return "theirs"

@pytest.mark.peak_memory("1 MB")
def test_it(memory):
    functions.blocks(1000)
""")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines("test_it: peak 1.0? MB is over the limit of 1.00 MB*")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('"24 apples"', "peak_memory '24 apples' is not a number and a unit, as 256MB; units: B*"),
        ("24_000_000", "peak_memory '24000000' is not a number and a unit, as 256MB; units: B*"),
        ('per_item="a few"', "peak_memory's per_item 'a few' is not a number*"),
        ("", 'peak_memory without a limit; write peak_memory("24 MB")*'),
        ('"1 MB", per_itm="1 kB"', 'peak_memory() got an unexpected * write peak_memory("24 MB")*'),
    ],
)
def test_a_wrong_mark_says_what_would_be_right(arguments: str, message: str) -> None:
    mark = eval(f"pytest.mark.peak_memory({arguments})").mark  # noqa: S307 - written above
    wanted = "".join(".*" if part == "*" else re.escape(part) for part in message)
    with pytest.raises(UsageError, match=wanted):
        limits_of(mark)


def test_a_mark_without_arguments_is_the_default() -> None:
    default = default_limits("24 MB")
    assert default == Limits(24e6)
    assert limits_of(pytest.mark.peak_memory.mark, default) == default
    assert limits_of(pytest.mark.peak_memory(per_item="1 kB").mark, default) == Limits(None, 1e3)
    assert default_limits("") is None


def test_wrong_marks_are_errors_of_the_collection(run: Run) -> None:
    done = run("""
@pytest.mark.peak_memory("24 apples")
def test_limit(memory): pass

@pytest.mark.peak_memory(per_item="2 kB")
def test_without_the_fixture(): pass

@pytest.mark.peak_memory
def test_without_arguments(memory): pass

def test_of_the_same_file(): pass
""")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(
        [
            "*ERROR collecting test_it.py*",
            "test_it.py::test_limit: peak_memory '24 apples' is not a number and a unit*",
            "test_it.py::test_without_the_fixture: peak_memory's per_item needs the fixture*",
            "test_it.py::test_without_arguments: peak_memory without a limit; *in the ini file",
        ]
    )
    done.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_small_layers_stand_in_one_line_and_small_places_in_none() -> None:
    layers = {"domain objects": 990_000, "containers": 6_000, "driver rows": 3_000, "other": 1_000}
    places = {f"{ROOT}/app/read.py:3 (read)": 990_000, "/lib/driver.py:1 (fetch)": 500}
    measured = measurement(lambda: Explanation(layers, {}, peak_places=places))
    text = breach(Limits(5e5), measured, "after a warm-up", ROOT)
    assert text
    assert text.splitlines() == [
        "f: peak 1.00 MB is over the limit of 0.500 MB by 0.500 MB",
        "0 B retained; all allocations, native ones included",
        "measured in a fresh process, after a warm-up",
        "the peak by layer:",
        "  0.990 MB   99%  domain objects",
        "   10.0 kB    1%  3 more",
        "the largest places:",
        "  0.990 MB   99%  app/read.py:3 (read)",
    ]
    assert breach(Limits(10**6, 10**6), measured, "", ROOT) is None


def test_an_exceeded_limit_is_reported_though_its_explanation_fails() -> None:
    def explain() -> Explanation:
        raise LookupError("no such payroll")

    text = str(breach(Limits(5e5), measurement(explain), "", ROOT))
    assert text.startswith("f: peak 1.00 MB is over the limit of 0.500 MB")
    assert text.endswith("(not explained: no such payroll)")


def test_a_limit_per_item_of_no_items_is_an_error_whatever_the_peak() -> None:
    of_none = measurement(lambda: Explanation({}, {}), items=0)
    assert "it gave no items" in str(breach(Limits(None, 1e9), of_none, "", ROOT))
    assert of_none.where != THIS_PROCESS
