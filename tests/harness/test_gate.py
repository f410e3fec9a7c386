"""What fails a gate, and what is no gate at all."""

from __future__ import annotations

import re

import msgspec
import pytest

from callmeter.errors import UsageError
from harness.analysis import gate
from harness.analysis.difference import between
from harness.model.run import Measurement, Run
from harness.runner.plan import REFERENCE, Cell
from support import a_cell, a_run, failed, memory, times, with_baselines

BASELINE = with_baselines(*memory("lean", 4e6, 4e6), *times("lean", 0.05, 0.05, 0.05))


def judged(after: Run, *words: str, before: Run = BASELINE) -> gate.Gate:
    limits = gate.limits(words or gate.DEFAULTS)
    places = gate.to_judge(before, ["lean"], limits)
    return gate.judged(between(before, after), places, limits)


@pytest.mark.parametrize(
    ("peak", "word", "passed"),
    [
        (4.4e6, "peak:5%", False),
        (4.2e6, "peak:5%", True),  # as much as allowed
        (4.2001e6, "peak:5%", False),
        (4.1e6, "peak:5%", True),
        (1e6, "peak:5%", True),  # an improvement
        (4.1e6, "peak:2.5%", True),
        (4.11e6, "peak:2.5%", False),
        (4.01e6, "peak:0%", True),  # within what memory repeats to
        (4.03e6, "peak:0%", False),
        (9e6, "peak:1000%", True),
    ],
)
def test_memory(peak: float, word: str, *, passed: bool) -> None:
    found = judged(with_baselines(*memory("lean", peak, peak)), word)
    assert found.is_passed is passed
    assert [each.change.figure.word for each in found.worse] == ([] if passed else ["peak"])


def test_the_limit_that_is_told_is_the_one_that_is_held() -> None:
    assert [each.share for each in gate.limits(["peak:0.1%", "rss:2%", "time:1%"])] == [
        *(0.005, 0.05, 0.01)
    ]


def test_memory_whose_repeats_differ_fails_by_its_median() -> None:
    found = judged(with_baselines(*memory("lean", 3e6, 8e6)), "peak:5%")
    assert not found.is_passed
    assert not found.worse[0].is_sure


@pytest.mark.parametrize(
    ("walls", "passed", "doubtful"),
    [
        ((0.10, 0.10, 0.10), False, 0),
        ((0.04, 0.04, 0.04), True, 0),
        ((0.05, 0.07, 0.03), True, 0),
        ((0.04, 0.07, 0.09), False, 0),
        ((0.03, 0.07, 0.09), True, 1),  # the quartiles reach down to the baseline's
    ],
)
def test_times(walls: tuple[float, ...], doubtful: int, *, passed: bool) -> None:
    found = judged(with_baselines(*times("lean", *walls)), "time:20%")
    assert (found.is_passed, len(found.doubtful)) == (passed, doubtful)


def test_a_slower_machine_fails_nothing() -> None:
    slower = a_run(*times(REFERENCE, 1.0, 1.0, 1.0), *times("lean", 0.5, 0.5, 0.5))
    assert judged(slower, "time:1%").is_passed


def test_a_limit_of_one_comes_before_that_of_all() -> None:
    before = with_baselines(*memory("lean", 4e6, 4e6), *memory("other", 4e6, 4e6))
    after = with_baselines(*memory("lean", 5e6, 5e6), *memory("other", 5e6, 5e6))

    def worse(*words: str) -> list[str]:
        limits = gate.limits(words)
        places = gate.to_judge(before, ["lean", "other"], limits)
        found = gate.judged(between(before, after), places, limits)
        return [each.change.place.strategy for each in found.worse]

    assert worse("peak:5%", "lean=peak:50%") == ["other"]
    assert worse("lean=peak:5%", "peak:50%") == ["lean"]
    assert worse("lean=peak:50%", "other=peak:50%") == []
    assert worse("other=peak:5%") == ["other"]
    with pytest.raises(UsageError, match="to limit 'laen'; did you mean lean"):
        worse("peak:5%", "laen=peak:5%")


def test_the_name_of_a_target_may_have_colons_and_equal_signs() -> None:
    (limit,) = gate.limits(["app/repo.py:read(size=2, a='x:y')=peak:5%"])
    assert (limit.name, limit.figure.word) == ("app/repo.py:read(size=2, a='x:y')", "peak")


def function(peak: float, items: int | None = 10) -> Run:
    """A run of one function of a user's."""
    measurement = Measurement(
        Cell("a:read", "tracemalloc"), {"delta_bytes": peak, "peak_bytes": peak}, items=items
    )
    run = a_run(measurement)
    return msgspec.structs.replace(
        run, header=msgspec.structs.replace(run.header, reference="a:read")
    )


def test_functions_are_judged_as_strategies_are() -> None:
    def of(after: Run) -> gate.Gate:
        limits = gate.limits(gate.DEFAULTS)
        before = function(4e6)
        (workload,) = gate.workloads_of(before)
        assert gate.names_of(before, [workload], None) == ["a:read"]
        places = gate.to_judge(before, ["a:read"], limits)
        return gate.judged(between(before, after), places, limits)

    assert of(function(4e6)).is_passed
    assert [each.change.figure.word for each in of(function(5e6)).worse] == ["peak", "delta"]
    (failure,) = of(function(4e6, items=12)).failed
    assert failure.startswith("a:read: it gives 12 items, and gave 10 in the baseline")
    with pytest.raises(UsageError, match="no figures"):
        gate.workloads_of(function(4e6), 10)


def test_a_failure_fails() -> None:
    found = judged(with_baselines(failed("lean", "BrokenContractError: entry 1")))
    assert found.failed == ["lean: BrokenContractError: entry 1"]
    assert not found.is_passed


def test_what_was_not_measured_fails() -> None:
    unavailable = Measurement(a_cell("lean"), {}, unavailable="no such kernel")
    found = judged(with_baselines(unavailable), "peak:5%")
    assert found.failed == ["lean: its peak was not measured"]


def test_others_are_not_judged() -> None:
    after = with_baselines(*memory("lean", 4e6, 4e6), *memory("other", 9e6))
    before = with_baselines(*memory("lean", 4e6, 4e6), *memory("other", 1e6))
    assert judged(after, before=before).is_passed


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["peek:5%"], "no figure to fail on 'peek'; did you mean peak?"),
        (["gc:5%"], "no figure to fail on 'gc'; there are: delta, peak,"),
        (["peak:5"], "--fail-on 'peak:5' is not a figure and a percentage, as peak:5%"),
        (["peak"], "is not a figure and a percentage"),
        (["peak:-5%"], "is not a figure and a percentage"),
        (["peak:%"], "is not a figure and a percentage"),
        (["peak:nan%"], "is not a figure and a percentage"),
        (["peak:\u0665%"], "is not a figure and a percentage"),
        (["peak:5%\n"], "is not a figure and a percentage"),
        (["5%"], "no figure to fail on '5%'"),
        ([""], "no figure to fail on ''"),
        (["peak:5%", "peak:6%"], "--fail-on limits peak twice"),
        (["lean=peak:5%", "lean=peak:6%"], "--fail-on limits lean peak twice"),
        (["lean=peek:5%"], "no figure to fail on 'peek'; did you mean peak?"),
        (["lean=peak"], "no figure to fail on 'lean=peak'"),
    ],
)
def test_a_limit_that_is_none(words: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        gate.limits(words)


def test_the_smallest_payroll_is_checked_unless_another_is_named() -> None:
    sizes = a_run(*memory("lean", 1e6, entries=10_000), *memory("lean", 1e5))
    assert [each.size for each in gate.workloads_of(sizes)] == [1000]
    assert [each.size for each in gate.workloads_of(sizes, 10_000)] == [10_000]
    with pytest.raises(UsageError, match="no payroll of 5 entries; it has 1000, 10000"):
        gate.workloads_of(sizes, 5)
    with pytest.raises(UsageError, match="the baseline has no figures"):
        gate.workloads_of(a_run(failed("lean", "raised")))


def test_strategies() -> None:
    run = with_baselines(*memory("lean", 1e6), failed("bad", "raised"))
    workloads = gate.workloads_of(run)
    assert gate.names_of(run, workloads, None) == [REFERENCE, "lean"]
    assert gate.names_of(run, workloads, ["lean", "lean"]) == ["lean"]
    with pytest.raises(UsageError, match="in the baseline 'laen'; did you mean lean"):
        gate.names_of(run, workloads, ["laen"])
    with pytest.raises(UsageError, match="bad failed in the baseline"):
        gate.names_of(run, workloads, ["bad"])
    with_file = with_baselines(*memory("my/own.py", 1e6))
    assert gate.names_of(with_file, workloads, ["my/own.py"]) == ["my/own.py"]
    with pytest.raises(UsageError, match=r"the baseline names a file, 'my/own.py'; a file is exec"):
        gate.names_of(with_file, workloads, None)
    only_bad = a_run(failed("bad", "raised"), *memory("floor", 1e6))
    with pytest.raises(UsageError, match="the baseline has nothing that did not fail"):
        gate.names_of(only_bad, gate.workloads_of(only_bad), None)


def test_a_baseline_without_the_figure() -> None:
    limits = gate.limits(["all-peak:5%"])
    with pytest.raises(
        UsageError, match="no all-peak of lean at 1,000 entries; it has delta, peak, time"
    ):
        gate.to_judge(BASELINE, ["lean"], limits)
    few = with_baselines(*times("lean", 0.1, 0.1))
    with pytest.raises(UsageError, match="has 2 of the 3 repeats from which the time of lean"):
        gate.to_judge(few, ["lean"], gate.limits(["time:5%"]))
    with pytest.raises(UsageError, match="nothing to judge: full_orm is what times"):
        gate.to_judge(BASELINE, [REFERENCE], gate.limits(["time:5%"]))


def test_only_what_is_measured_again_is_compared() -> None:
    part = gate.only(BASELINE, [a_cell("lean")])
    assert {m.cell.strategy for m in part.measurements} == {"lean"}
    assert between(part, part).cut_short == (None, None)
