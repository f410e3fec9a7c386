"""The choice: what a run has of a strategy, what fits, and which is recommended."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from callmeter.errors import UsageError
from candidates import ALL, CANDIDATES
from harness.analysis.candidate import Candidate, Failure, Payrolls, candidates
from harness.analysis.choice import Limits, Source, decide, judge, winner
from harness.analysis.prediction import Point
from harness.model.cell import FLOOR, REFERENCE, Cell
from harness.model.run import Measurement, Run
from runs import made_run
from support import a_cell, a_run, failed

RUN = a_run(
    Measurement(a_cell("a"), {"traced_peak": 5.0}),
    Measurement(a_cell("a", "allocator"), {"peak": 6.0}),
    Measurement(a_cell("b", "allocator"), {}, error="broken, quite"),
    Measurement(a_cell("c"), {"traced_peak": 5.0}),
    Measurement(a_cell(FLOOR, "allocator"), {"peak": 1.0}),
    failed("d", "BrokenContractError: entry 1"),
)


def decided_by(run: Run, metric: str | None, time: float | None = None) -> str:
    limits = Limits(1_000, 1e9, time)
    return decide(run, limits, Payrolls(), metric, Source("run", "choose")).metric


def test_all_allocations_are_what_is_judged_where_they_were_measured() -> None:
    assert decided_by(RUN, None) == "peak"
    assert decided_by(RUN, "traced_peak") == "traced_peak"
    with pytest.raises(UsageError, match="the run has no rss_peak; it has: peak, traced_peak"):
        decided_by(RUN, "rss_peak")
    with pytest.raises(UsageError, match="the run has no times; measure with --meter clock"):
        decided_by(RUN, None, time=1)
    with pytest.raises(UsageError, match=r"the run has no peak$"):
        decided_by(a_run(failed("d", "broken")), None)


def test_candidates_are_the_strategies_of_the_run_without_its_yardsticks() -> None:
    header = msgspec.structs.replace(RUN.header, offers={"a": ["list"]})
    run = Run(header, RUN.measurements)
    found = {each.strategy: each for each in candidates(run, Payrolls(6), "peak")}
    assert found.keys() == {"a", "b", "c", "d"}
    assert found["a"].offers == frozenset({"list"})
    assert found["b"].offers is None
    assert found["a"].peak == (Point(1_000, 6, 0.005),)
    assert found["b"].unmeasured_at(1_000) == "broken, quite"
    assert found["d"].unmeasured_at(1) == "BrokenContractError: entry 1 at 1,000 entries"
    assert found["c"].unmeasured == "no peak"


def test_other_payrolls_and_functions_of_ones_own_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no lists of 7 components, .*; it has: lists of 6 comp"):
        candidates(RUN, Payrolls(7), "peak")
    own = a_run(Measurement(Cell("shop:orders()", "allocator"), {"peak": 1.0}))
    with pytest.raises(UsageError, match="functions of your own"):
        candidates(own, Payrolls(6), "peak")


def test_payrolls_of_another_repetition_are_others() -> None:
    run = made_run((1000, 10_000), ("allocator",), repetitions=(1, 5), explained=False)
    often, seldom = (
        {one.strategy: one.peak for one in candidates(run, Payrolls(repetition=n), "peak")}
        for n in (1, 5)
    )
    assert [point.value for point in often["lean"]] == [1e6, 1e7]
    assert [point.value for point in seldom["lean"]] == [1.8e6, 1.8e7]
    with pytest.raises(UsageError, match=r"pools 2x; it has: .*realistic; .*, pools 5x$"):
        candidates(run, Payrolls(repetition=2), "peak")


def fitting(limits: Limits) -> list[str]:
    return [each.strategy for each in judge(CANDIDATES, limits) if each.fits]


def test_what_fits_is_ordered_by_what_it_gives_up_and_then_by_its_peak() -> None:
    assert fitting(Limits(1_000, 1e9)) == [REFERENCE, "heavy", "medium", "lean"]
    assert fitting(Limits(1_000, 1.5e5)) == [REFERENCE, "medium", "lean"]
    assert fitting(Limits(1_000, 1.5e4)) == ["medium", "lean"]
    assert fitting(Limits(1_000, 1e9, time=5)) == ["lean"]
    assert fitting(Limits(1_000, 1e9, needs=("orm-identity",))) == [REFERENCE, "heavy"]
    assert fitting(Limits(1_000, 1)) == []


def test_a_budget_must_hold_the_upper_end() -> None:
    unsure = Candidate("unsure", "", ALL, peak=(Point(100, 100, margin=0.1),))
    assert winner([unsure], Limits(100, 109)) is None
    assert winner([unsure], Limits(100, 110.1)) == "unsure"


def test_what_is_unknown_meets_no_need_and_comes_last() -> None:
    unknown = replace(CANDIDATES[0], strategy="unknown", offers=None)
    found = judge([unknown, *CANDIDATES], Limits(1_000, 1e9))
    assert found[-1].strategy == "unknown"
    assert found[-1].gives_up is None
    assert winner([unknown], Limits(1_000, 1e9, needs=("list",))) is None


def test_what_was_not_measured_does_not_fit() -> None:
    lean = CANDIDATES[0]
    assert winner([replace(lean, unmeasured="it broke")], Limits(1_000, 1e9)) is None
    assert winner([replace(lean, wall=())], Limits(1_000, 1e9)) == "lean"
    assert winner([replace(lean, wall=())], Limits(1_000, 1e9, time=1e9)) is None


def test_a_failure_counts_from_its_size_on_and_a_broken_contract_at_every_size() -> None:
    slow = replace(CANDIDATES[0], failures=(Failure(1_000, "it timed out"),))
    wrong = replace(CANDIDATES[0], failures=(Failure(1_000, "BrokenContractError: entry 1"),))
    assert winner([slow], Limits(999, 1e9)) == "lean"
    assert winner([slow], Limits(1_000, 1e9)) is None
    assert judge([slow], Limits(2_000, 1e9))[0].unmeasured == "it timed out at 1,000 entries"
    assert winner([wrong], Limits(1, 1e9)) is None
