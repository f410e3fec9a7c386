"""The plan: pure, complete, interleaved."""

from __future__ import annotations

import pytest

from callmeter.errors import UsageError
from callmeter.worker import CHECK, EXPLAIN
from harness.model.cell import FLOOR, REFERENCE, Cell, Collector, Consume, workload_of
from harness.model.fields import MOST_CALLS
from harness.payroll import yardsticks
from harness.payroll.generator import Payroll
from harness.payroll.use import Part
from harness.runner import plan

PAYROLL = Payroll(10, 2)
WORKLOAD = workload_of(PAYROLL)
BESIDE = yardsticks.names_for("hold")
ALL = [*BESIDE, REFERENCE, "slotted"]


def planned(repeat: int | None = 1) -> list[Cell]:
    return list(plan.cells([REFERENCE, "slotted"], [WORKLOAD], ["tracemalloc"], repeat))


def test_all_that_promises_data_is_checked_before_any_is_measured() -> None:
    cells = planned()
    checks = [cell.name for cell in cells if cell.meter == CHECK]
    assert checks == [REFERENCE, "slotted", "sum_in_sql"]
    assert [cell.meter for cell in cells] == [CHECK] * 3 + ["tracemalloc"] * 2 * len(ALL)
    assert {cell.workload.payroll for cell in cells} == {PAYROLL}


def test_repeats_are_interleaved_beside_the_yardsticks() -> None:
    measured = [cell for cell in planned(repeat=3) if cell.meter != CHECK and not cell.cold]
    expected = [(name, nth) for nth in range(3) for name in ALL]
    assert [(cell.name, cell.repeat) for cell in measured] == expected


def test_a_first_call_is_measured_once_and_at_sizes_that_show_it() -> None:
    assert [cell.name for cell in planned(repeat=3) if cell.cold] == ALL
    small, large = Payroll(1_000, 6), Payroll(100_000, 6)
    several = plan.cells([REFERENCE], [workload_of(small), workload_of(large)], ["tracemalloc"], 1)
    assert {cell.workload.payroll for cell in several if cell.cold} == {small}
    alone = plan.cells([REFERENCE], [workload_of(large)], ["tracemalloc"], 1)
    assert {cell.workload.payroll for cell in alone if cell.cold} == {large}


def test_the_clock_measures_the_collector_paused_too_and_not_the_floor() -> None:
    found = list(plan.cells(["slotted"], [WORKLOAD], ["clock"], 2))
    timed = [name for name in [*BESIDE, "slotted"] if name != FLOOR]
    assert [cell.name for cell in found if cell.collector is Collector.PAUSED] == timed * 2
    assert FLOOR not in {cell.name for cell in found}
    others = plan.cells(["slotted"], [WORKLOAD], ["clock"], 1, collectors=["relaxed", "frozen"])
    assert {cell.collector for cell in others} == {*Collector} - {Collector.PAUSED}


@pytest.mark.parametrize(
    ("meter", "parts"),
    [("clock", {*Part}), ("allocator", {Part.WHOLE, Part.LOAD}), ("rss", {Part.WHOLE})],
)
def test_the_parts_of_a_call_are_measured_where_they_have_a_metric(
    meter: str, parts: set[Part]
) -> None:
    found = list(plan.cells(["slotted"], [WORKLOAD], [meter], 1))
    by_name: dict[str, set[Part]] = {}
    for cell in found:
        if cell.meter == meter:
            by_name.setdefault(cell.name, set()).add(cell.part)
    assert by_name["slotted"] == parts
    assert by_name["raw_tuples"] == parts - {Part.SUM}
    assert by_name["sum_in_sql"] == by_name["drained_arrow"] == {Part.WHOLE}
    assert by_name.get(FLOOR, {Part.WHOLE}) == {Part.WHOLE}
    folded = plan.cells(["yield_per"], [WORKLOAD], [meter], 1, Consume.FOLD)
    assert {cell.part for cell in folded} == parts - {Part.SUM}


def test_what_is_measured_of_a_strategy_is_interleaved_too() -> None:
    found = plan.cells(["slotted"], [WORKLOAD], ["clock"], 2, collectors=())
    order = [(c.repeat, c.part) for c in found if c.name == "slotted" and c.meter != CHECK]
    first_call = [(0, Part.WHOLE)]
    every_part = [(nth, part) for nth in range(2) for part in Part]
    assert sorted(order) == sorted(first_call + every_part)
    assert [nth for nth, _ in order] == sorted(nth for nth, _ in order)


def test_a_comparison_explains_the_largest_payroll_that_can_be_recorded() -> None:
    workloads = [
        workload_of(Payroll(size, 6), count)
        for size in (1_000, 10_000, 100_000)
        for count in (1, 4)
    ]
    assert plan.to_explain(workloads[5:]) == workloads[4]
    found = plan.of_comparison([REFERENCE], workloads, ["rss"], explain=True)
    explained = [(c.name, c.workload.size) for c in found if c.meter == EXPLAIN]
    assert explained == [(FLOOR, 10_000), (REFERENCE, 10_000)]
    with pytest.raises(UsageError, match="--explain is of lists"):
        plan.of_comparison([REFERENCE], workloads, ["rss"], None, Consume.FOLD, explain=True)


def test_without_a_warm_up_every_call_is_a_first_one_and_none_is_paused() -> None:
    found = list(plan.of_functions(["a:read"], ["clock", "rss"], 2, warm_up=False))
    expected = [(meter, nth) for meter in ("clock", "rss") for nth in range(2)]
    assert [(cell.meter, cell.repeat) for cell in found] == expected
    assert all(cell.cold and cell.collector is Collector.DEFAULT for cell in found)
    (explained,) = plan.explanations_of_functions(["a:read"], warm_up=False)
    assert (explained.meter, explained.cold) == (EXPLAIN, True)


def test_more_than_a_run_may_have_is_refused() -> None:
    with pytest.raises(UsageError, match="more than 50,000 measurements"):
        plan.of_comparison([REFERENCE], [WORKLOAD], ["rss", "clock"], 1_000_000)
    many = [workload_of(Payroll(size, 1)) for size in range(1, 300)]
    with pytest.raises(UsageError, match="a run has at most 1,000: name fewer"):
        plan.of_comparison([REFERENCE], many, ["imports", "rss"], 1)
    with pytest.raises(UsageError, match="these are 600,000 calls one after the other"):
        plan.at_most_a_run(plan.of_functions(["a:read"], ["calls"], 6, calls=MOST_CALLS))


def test_of_calls_at_once_no_variants_are_measured() -> None:
    found = list(plan.cells(["slotted"], [workload_of(PAYROLL, 4)], ["clock", "allocator"], 1))
    assert {cell.workload.at_once for cell in found} == {4}
    assert all(cell.is_usual for cell in found)
    functions = list(plan.of_functions(["a:read"], ["clock"], 1, at_once=[1, 2]))
    assert [cell.workload.at_once for cell in functions if not cell.is_usual] == [1, 1]
    assert [cell.workload.at_once for cell in functions if cell.is_usual] == [1, 2]


def test_many_calls_are_made_by_their_meter_alone_and_only_if_there_are_any() -> None:
    assert "calls" not in plan.meters_for(None, 0)
    assert plan.meters_for(["rss"], 200) == ["rss", "calls"]
    with pytest.raises(UsageError, match="add --calls 100"):
        plan.meters_for(["calls"], 0)
    found = list(plan.cells(["slotted"], [WORKLOAD], ["rss", "calls"], 1, calls=200))
    assert {(cell.meter, cell.calls) for cell in found if cell.meter != CHECK} == {
        ("rss", 0),
        ("calls", 200),
    }
