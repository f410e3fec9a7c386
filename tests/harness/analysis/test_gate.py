"""What fails a gate, and what is no gate at all."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from harness.analysis import baseline, gate
from harness.analysis.difference import between
from harness.model.cell import REFERENCE, Cell
from harness.model.run import Measurement, Run
from runs import made_run
from support import a_cell, a_run, failed, memory, times, with_baselines

BASELINE = with_baselines(*memory("lean", 4e6, 4e6), *times("lean", *[0.05] * 5))


def judged(
    after: Run, *words: str, before: Run = BASELINE, names: tuple[str, ...] = ("lean",)
) -> gate.Gate:
    limits = gate.limits(words or gate.DEFAULTS[0])
    subjects = gate.to_judge(before, names, limits)
    return gate.judged(between(before, after), subjects, limits)


def function(peak: float, items: int | None = 10) -> Run:
    """A run of one function of a user's."""
    values = {"traced_retained": peak, "traced_peak": peak}
    run = a_run(Measurement(Cell("a:read", "tracemalloc"), values, items=items))
    header = msgspec.structs.replace(run.header, reference="a:read")
    return msgspec.structs.replace(run, header=header)


@pytest.mark.parametrize(
    ("peak", "percent", "passed"),
    [
        (4.2e6, "5", True),  # as much as allowed
        (4.2001e6, "5", False),
        (4.01e6, "0", True),  # within what memory repeats to
        (4.03e6, "0", False),
        (9e6, "1000", True),
    ],
)
def test_memory(peak: float, percent: str, *, passed: bool) -> None:
    found = judged(with_baselines(*memory("lean", peak, peak)), f"traced_peak:{percent}%")
    assert found.is_passed is passed
    assert len(found.worse) == 1 - passed


@given(
    before=st.lists(st.floats(1e5, 1e9), min_size=1, max_size=5),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
def test_an_improvement_never_fails(before: list[float], shares: list[float]) -> None:
    after = (min(before) * share for share in shares)
    baseline = with_baselines(*memory("lean", *before))
    found = judged(with_baselines(*memory("lean", *after)), "traced_peak:0%", before=baseline)
    assert found.worse == found.doubtful == found.failed == []


@pytest.mark.parametrize(
    ("walls", "passed", "doubtful"),
    [
        ((0.10,) * 5, False, 0),
        ((0.04,) * 5, True, 0),
        ((0.051, 0.06, 0.07, 0.09, 0.09), False, 0),
        ((0.04, 0.04, 0.07, 0.09, 0.09), True, 1),  # the quartiles reach down to the baseline's
        ((0.10, 0.10), False, 0),
        ((0.07, 0.07), True, 1),  # too few repeats for so little
    ],
)
def test_times(walls: tuple[float, ...], doubtful: int, *, passed: bool) -> None:
    found = judged(with_baselines(*times("lean", *walls)), "wall:20%")
    assert (found.is_passed, len(found.doubtful)) == (passed, doubtful)


def test_a_limit_of_one_comes_before_that_of_all() -> None:
    def worse(*words: str) -> list[str]:
        before, after = (
            with_baselines(*memory("lean", peak), *memory("other", peak)) for peak in (4e6, 5e6)
        )
        found = judged(after, *words, before=before, names=("lean", "other"))
        return [each.change.subject.name for each in found.worse]

    assert worse("traced_peak:5%", "lean=traced_peak:50%") == ["other"]
    assert worse("lean=traced_peak:5%", "traced_peak:50%") == ["lean"]
    assert worse("lean=traced_peak:50%", "other=traced_peak:50%") == []
    assert worse("other=traced_peak:5%") == ["other"]
    with pytest.raises(UsageError, match="no strategy to limit 'laen'; did you mean lean"):
        worse("traced_peak:5%", "laen=traced_peak:5%")


def test_another_number_of_items_fails() -> None:
    found = judged(function(4e6, items=12), before=function(4e6), names=("a:read",))
    assert found.failed == [
        "a:read: it returns 12 items, and returned 10 in the baseline: other work"
    ]


def test_what_fails_or_is_not_measured_fails() -> None:
    found = judged(with_baselines(failed("lean", "BrokenContractError: entry 1")))
    assert (found.failed, found.is_passed) == (["lean: BrokenContractError: entry 1"], False)
    unavailable = Measurement(a_cell("lean"), {}, unavailable="no such kernel")
    found = judged(with_baselines(unavailable), "traced_peak:5%")
    assert found.failed == ["lean: its traced_peak was not measured"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["peek:5%"], "no metric to fail on 'peek'; did you mean peak?"),
        (["gc_share:5%"], "no metric to fail on 'gc_share'; there are: peak, retained"),
        (["peak:5"], "--fail-on 'peak:5' is not a metric and a percentage, as peak:5%"),
        (["peak:-5%"], "is not a metric and a percentage"),
        (["peak:\u0665%"], "is not a metric and a percentage"),
        (["peak:5%\n"], "is not a metric and a percentage"),
        ([""], "no metric to fail on ''"),
        (["peak:5%", "peak:6%"], "--fail-on limits peak twice"),
        (["lean=peek:5%"], "no metric to fail on 'peek'; did you mean peak?"),
    ],
)
def test_a_limit_that_is_none(words: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        gate.limits(words)


def test_what_is_judged_is_in_the_baseline_and_did_not_fail() -> None:
    run = with_baselines(*memory("lean", 1e6), failed("bad", "raised"))
    workloads = baseline.workloads_of(run)
    assert baseline.names_of(run, workloads, None) == [REFERENCE, "lean"]
    assert baseline.names_of(run, workloads, ["lean", "lean"]) == ["lean"]
    with pytest.raises(UsageError, match="strategy in the baseline 'laen'; did you mean lean"):
        baseline.names_of(run, workloads, ["laen"])
    with pytest.raises(UsageError, match="bad failed in the baseline"):
        baseline.names_of(run, workloads, ["bad"])
    only_bad = a_run(failed("bad", "raised"), *memory("floor", 1e6))
    with pytest.raises(UsageError, match="the baseline has nothing that did not fail"):
        baseline.names_of(only_bad, baseline.workloads_of(only_bad), None)


def test_calls_at_once_are_chosen_by_their_number() -> None:
    run = made_run((1000,), ("rss",), at_once=(1, 4), explained=False)
    both = baseline.workloads_of(run)
    assert [workload.at_once for workload in both] == [1, 4]
    assert baseline.workloads_of(run, at_once=4) == both[1:]
    assert gate.defaults(run) == ("rss_peak:5%",)
    with pytest.raises(UsageError, match="no --at-once 2 at that size; it has 1, 4"):
        baseline.workloads_of(run, at_once=2)


def test_payrolls_of_other_repetitions_are_others() -> None:
    run = made_run((1000,), ("tracemalloc",), repetitions=(1, 5), explained=False)
    both = baseline.workloads_of(run)
    assert [workload.repetition for workload in both] == [1, 5]
    assert baseline.workloads_of(run, 1000, 5) == both[1:]
    with pytest.raises(UsageError, match="no --repetition 2 at that size; it has 1, 5"):
        baseline.workloads_of(run, 1000, 2)
    (limit,) = gate.limits(["traced_peak:0%"])
    subjects = gate.to_judge(run, ["lean"], [limit])
    assert {subject.workload.repetition for subject in subjects} == {1, 5}
    found = gate.judged(between(run, run), subjects, [limit])
    assert found.is_passed


@pytest.mark.parametrize(
    ("name", "word", "complaint"),
    [
        ("lean", "peak:5%", "no peak of lean at 1,000 entries; it has wall, cpu, traced_peak"),
        ("few", "wall:5%", "has 2 of the 5 repeats from which the wall of few is judged"),
        (REFERENCE, "wall:5%", "nothing to judge: full_orm is what times are a ratio to"),
    ],
)
def test_a_baseline_that_cannot_be_judged_by(name: str, word: str, complaint: str) -> None:
    baseline = with_baselines(*BASELINE.measurements, *times("few", 0.1, 0.1))
    with pytest.raises(UsageError, match=complaint):
        gate.to_judge(baseline, [name], gate.limits([word]))
