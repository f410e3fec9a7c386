"""The choice: what a run has of a strategy, what fits, and which is recommended."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from candidates import ALL, CANDIDATES, SERVED
from harness.analysis.candidate import Candidate, Failure, Payrolls, Served, candidates
from harness.analysis.choice import Limits, Source, decide, judge, leanest, winner
from harness.analysis.container import Service
from harness.analysis.prediction import Point
from harness.model.cell import FLOOR, REFERENCE, Cell
from harness.model.run import Measurement, Run
from runs import made_run
from support import a_cell, a_run, a_workload, failed

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


def test_the_leanest_of_those_that_offer_what_is_needed_may_not_fit() -> None:
    judged = judge(SERVED, Limits(100, 15e3, service=Service(4)))
    for needs, name in (((), "medium"), (("list",), "medium"), (("stream",), REFERENCE)):
        found = leanest(judged, needs)
        assert found is not None
        assert (found.strategy, found.fits) == (name, name == "medium")
    assert leanest(judged, ("nothing such",)) is None
    assert leanest([], ()) is None


def test_what_is_unknown_meets_no_need_and_comes_last() -> None:
    unknown = replace(CANDIDATES[0], strategy="unknown", offers=None)
    found = judge([unknown, *CANDIDATES], Limits(1_000, 1e9))
    assert found[-1].strategy == "unknown"
    assert found[-1].gives_up is None
    assert winner([unknown], Limits(1_000, 1e9, needs=("list",))) is None


def test_what_was_not_measured_does_not_fit() -> None:
    lean = CANDIDATES[0]
    assert winner([replace(lean, unmeasured="it broke")], Limits(1_000, 1e9)) is None
    assert winner([replace(lean, times={})], Limits(1_000, 1e9)) == "lean"
    assert winner([replace(lean, times={})], Limits(1_000, 1e9, time=1e9)) is None


def test_a_failure_counts_from_its_size_on_and_a_broken_contract_at_every_size() -> None:
    slow = replace(CANDIDATES[0], failures=(Failure(1_000, "it timed out"),))
    wrong = replace(CANDIDATES[0], failures=(Failure(1_000, "BrokenContractError: entry 1"),))
    assert winner([slow], Limits(999, 1e9)) == "lean"
    assert winner([slow], Limits(1_000, 1e9)) is None
    assert judge([slow], Limits(2_000, 1e9))[0].unmeasured == "it timed out at 1,000 entries"
    assert winner([wrong], Limits(1, 1e9)) is None


def test_a_failure_of_many_at_once_counts_from_that_number_on() -> None:
    killed = replace(SERVED[0], failures=(Failure(1_000, "killed", 4),))
    assert winner([killed], Limits(1_000, 1e9, service=Service(2))) == "lean"
    assert judge([killed], Limits(1_000, 1e9, service=Service(8)))[0].unmeasured == (
        "killed, 4 at once"
    )


def test_a_container_must_hold_the_base_and_the_calls_at_once() -> None:
    def best(container: float, at_once: int) -> str | None:
        return winner(SERVED, Limits(1_000, container, service=Service(at_once)))

    assert best(1e4 + 4 * (5e3 + 1e5), 4) == REFERENCE
    assert best(1e4 + 4e5, 4) == "medium"
    assert best(1e4 + 4e4 - 1, 4) == "lean"
    assert best(2e4 + 4e3 - 1, 4) is None
    assert best(1e4 + 5e3 + 1e5, 1) == REFERENCE


def test_a_container_has_no_room_for_what_was_not_measured() -> None:
    limits = Limits(1_000, 1e9, service=Service(4))
    assert winner([replace(SERVED[0], resident={})], limits) is None
    assert winner([replace(SERVED[0], base={})], limits) is None
    given_base = replace(limits, service=Service(4, 1e6))
    assert winner([replace(SERVED[0], base={})], given_base) is None
    assert winner([replace(SERVED[0], today={})], given_base) is None
    assert winner([replace(SERVED[2], base={})], given_base) == REFERENCE


@given(
    st.integers(1, 10**5), st.integers(1, 64), st.floats(1e3, 1e10), st.none() | st.floats(1, 1e8)
)
def test_what_fits_leaves_headroom_for_its_upper_end(
    entries: int, at_once: int, container: float, base: float | None
) -> None:
    limits = Limits(entries, container, service=Service(at_once, base))
    for judged in judge(SERVED, limits):
        assert judged.need is not None
        if judged.fits:
            assert judged.need.high <= container * (1 + 1e-12)
        assert judged.need.value <= judged.need.high
        assert judged.need.value >= (base or judged.need.base.value)


RESIDENT_RUN = a_run(
    *(
        Measurement(
            Cell(name, "rss", msgspec.structs.replace(a_workload(entries), at_once=at_once)),
            {"rss_peak": at_once * entries * cost, "base": 6e7, "base_files": 2e7},
        )
        for name, cost in ((REFERENCE, 2e4), ("lean", 2e3))
        for entries in (1_000, 10_000)
        for at_once in (1, 4)
    ),
    Measurement(Cell("lean", "calls", a_workload(10_000), calls=50), {"calls_peak": 3e7}),
)


def test_the_candidates_of_a_container_have_their_base_and_every_number_of_calls() -> None:
    found = {one.strategy: one for one in candidates(RESIDENT_RUN, Payrolls(), "rss_peak")}
    lean = found["lean"]
    assert (
        lean.peak
        == lean.resident[1]
        == (
            Point(1_000, 2e6, 2**20 / 2e6),
            Point(10_000, 2e7, 2**20 / 2e7),
        )
    )
    assert [point.value for point in lean.resident[4]] == [8e6, 8e7]
    assert {point.value for points in lean.base.values() for point in points} == {6e7}
    assert (lean.served, lean.files) == ((Served(10_000, 1, 1.5),), 2e7)
    assert found[REFERENCE].served == ()
    assert lean.today == found[REFERENCE].base


def test_an_arena_more_over_many_calls_is_no_excess() -> None:
    """Of a small payroll it would be a multiple, of a large one it is nothing."""
    run = a_run(
        *(
            Measurement(Cell("lean", "rss", a_workload(entries)), {"rss_peak": first})
            for entries, first in ((100, 1e5), (10_000, 1e7))
        ),
        *(
            Measurement(Cell("lean", "calls", a_workload(entries), calls=9), {"calls_peak": most})
            for entries, most in ((100, 1e5 + 2**20), (10_000, 1.2e7))
        ),
    )
    (lean,) = candidates(run, Payrolls(), "rss_peak")
    assert lean.served == (Served(100, 1, 1.0), Served(10_000, 1, 1.2))


def test_a_base_is_of_the_process_whatever_it_reads() -> None:
    def cell(name: str, at_once: int = 1, repetition: int = 1) -> Cell:
        workload = msgspec.structs.replace(a_workload(100), repetition=repetition, at_once=at_once)
        return Cell(name, "rss", workload)

    run = a_run(
        Measurement(cell("lean", repetition=5), {"rss_peak": 1e6}),
        Measurement(cell("lean"), {"rss_peak": 1e6, "base": 7e7}),
        Measurement(cell("lean", 4), {"rss_peak": 1e6, "base": 8e7}),
        Measurement(cell(REFERENCE), {"rss_peak": 1e6, "base": 6e7}),
    )
    (lean,) = candidates(run, Payrolls(repetition=5), "rss_peak")
    assert {number: [one.value for one in of] for number, of in lean.base.items()} == {
        1: [7e7],
        4: [8e7],
    }
    assert [point.value for point in lean.today[1]] == [6e7]


def test_more_calls_at_once_than_the_one_number_measured_are_refused_with_the_command() -> None:
    alone = a_run(*(one for one in RESIDENT_RUN.measurements if one.cell.workload.at_once == 1))
    limits = Limits(10_000, 1e12, service=Service(4))
    with pytest.raises(
        UsageError,
        match=r"4 calls at once were not measured on such payrolls, only 1; measure them with "
        r"python -m harness compare --entries 10000 --at-once "
        r"1,4 --meter rss --save run\.jsonl, and choose with --run run\.jsonl",
    ):
        decide(alone, limits, Payrolls(), None, Source("run", "choose"))
    one_call = replace(limits, service=Service(1))
    assert decide(alone, one_call, Payrolls(), None, Source("run", "choose")).best


def test_a_container_is_judged_by_resident_memory_and_by_a_base_that_is_known() -> None:
    limits = Limits(10_000, 512e6, service=Service(4))
    decision = decide(RESIDENT_RUN, limits, Payrolls(), None, Source("run", "choose"))
    assert decision.metric == "rss_peak"
    assert [judged.fits for judged in decision.judgements] == [True, False]
    with pytest.raises(UsageError, match="no rss_peak; it has: peak, traced_peak"):
        decide(RUN, limits, Payrolls(), None, Source("run", "choose"))
    old = a_run(Measurement(a_cell("a", "rss"), {"rss_peak": 1e6}))
    with pytest.raises(UsageError, match="no base; measure with --meter rss"):
        decide(old, limits, Payrolls(), None, Source("run", "choose"))
    one_call = replace(limits, service=Service(1, 1e8))
    assert decide(old, one_call, Payrolls(), None, Source("run", "choose")).best is None
    today = a_run(Measurement(a_cell(REFERENCE, "rss"), {"rss_peak": 1e6}))
    assert decide(today, one_call, Payrolls(), None, Source("run", "choose")).best
