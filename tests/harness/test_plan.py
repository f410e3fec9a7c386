"""The plan: pure, complete, interleaved."""

from __future__ import annotations

import pytest

from callmeter.worker import CHECK, EXPLAIN
from harness.payroll import yardsticks as baselines
from harness.payroll.generator import Payroll
from harness.runner.plan import (
    FLOOR,
    REFERENCE,
    Cell,
    Consume,
    Workload,
    cells,
    explanations,
    explanations_of_functions,
    of_functions,
    to_explain,
    workload_of,
)

PAYROLL = Payroll(10, 2)


def planned(*strategies: str, repeat: int | None = 1) -> list[Cell]:
    return list(cells([REFERENCE, *strategies], [PAYROLL], ["tracemalloc"], repeat))


def is_warm(cell: Cell) -> bool:
    return cell.meter != CHECK and not cell.cold


def test_a_first_call_is_measured_apart() -> None:
    cold = [cell for cell in planned("slotted", repeat=3) if cell.cold]
    assert [cell.strategy for cell in cold] == [*baselines.of("hold"), REFERENCE, "slotted"]


def test_a_first_call_is_measured_at_sizes_that_show_it() -> None:
    small, large = Payroll(1_000, 6), Payroll(100_000, 6)
    several = cells([REFERENCE], [small, large], ["tracemalloc"], 1)
    assert {cell.workload.payroll for cell in several if cell.cold} == {small}
    alone = cells([REFERENCE], [large], ["tracemalloc"], 1)
    assert {cell.workload.payroll for cell in alone if cell.cold} == {large}


def test_an_explanation_is_checked_first_too() -> None:
    found = [(cell.strategy, cell.meter) for cell in explanations([FLOOR, "slotted"], PAYROLL)]
    assert found == [("slotted", CHECK), (FLOOR, EXPLAIN), ("slotted", EXPLAIN)]


def test_a_comparison_explains_its_largest_payroll_that_can_be_recorded() -> None:
    payrolls = [Payroll(size, 6) for size in (1_000, 10_000, 100_000)]
    assert to_explain(payrolls) == payrolls[1]
    assert to_explain(payrolls[2:]) == payrolls[2]
    cells_ = explanations([FLOOR, "slotted"], payrolls[0], check=False)
    assert [cell.meter for cell in cells_] == [EXPLAIN] * 2


def test_every_strategy_is_checked_before_any_is_measured() -> None:
    meters = [cell.meter for cell in planned("slotted")]
    ways = [*baselines.of("hold"), REFERENCE, "slotted"]
    assert meters == [CHECK] * 2 + ["tracemalloc"] * 2 * len(ways)  # a first call, a warm one


def test_the_baselines_are_always_there_once() -> None:
    measured = [cell.strategy for cell in planned("slotted") if is_warm(cell)]
    assert sorted(measured) == sorted([*baselines.of("hold"), REFERENCE, "slotted"])


def test_the_clock_measures_the_collector_paused_too_and_not_the_floor() -> None:
    found = list(cells(["slotted"], [PAYROLL], ["clock"], 2))
    timed = {*baselines.of("hold"), "slotted"} - {FLOOR}
    assert sorted(cell.strategy for cell in found if cell.paused) == sorted([*timed, *timed])
    assert FLOOR not in {cell.strategy for cell in found}


def test_a_stream_is_compared_with_the_trap() -> None:
    found = list(cells(["slotted"], [PAYROLL], ["allocator"], 1, Consume.FOLD))
    assert {cell.strategy for cell in found} == {"unstreamed_core", "slotted"}
    assert {cell.consume for cell in found} == {Consume.FOLD}


def test_the_floor_is_not_checked() -> None:
    assert FLOOR not in {cell.strategy for cell in planned("slotted") if cell.meter == CHECK}


def test_repeats_are_interleaved() -> None:
    measured = [cell for cell in planned("slotted", repeat=3) if is_warm(cell)]
    ways = len(baselines.of("hold")) + 2
    assert [cell.repeat for cell in measured] == [0] * ways + [1] * ways + [2] * ways
    assert len({cell.strategy for cell in measured[:ways]}) == ways


def test_a_meter_knows_its_own_number_of_repeats() -> None:
    assert len(planned("slotted", repeat=None)) > len(planned("slotted", repeat=1))


def test_a_cell_knows_its_payroll() -> None:
    assert {cell.workload.payroll for cell in planned("slotted")} == {PAYROLL}


def test_what_a_function_reads_is_no_payroll() -> None:
    assert workload_of(PAYROLL).is_payroll
    assert not Workload().is_payroll
    with pytest.raises(ValueError, match="not a payroll"):
        _ = Workload().payroll
    with pytest.raises(ValueError, match="a payroll has a size and a profile"):
        Workload(10)


def test_functions_are_measured_as_strategies_are_and_beside_no_baseline() -> None:
    found = list(of_functions(["a:read", "b:read"], ["clock", "tracemalloc"], 2))
    assert {cell.workload for cell in found} == {Workload()}
    for meter, variants in (("clock", 3), ("tracemalloc", 2)):  # a cold call; paused
        mine = [cell for cell in found if cell.meter == meter]
        cold = [cell for cell in mine if cell.cold]
        assert [cell.strategy for cell in cold] == ["a:read", "b:read"]
        assert len(mine) == 2 + 2 * 2 * (variants - 1)


def test_without_a_warm_up_every_call_is_a_first_one_and_none_is_paused() -> None:
    found = list(of_functions(["a:read"], ["clock", "rss"], 3, warm_up=False))
    assert [(cell.meter, cell.repeat) for cell in found] == [
        *(("clock", nth) for nth in range(3)),
        *(("rss", nth) for nth in range(3)),
    ]
    assert all(cell.cold and not cell.paused for cell in found)
    (explained,) = explanations_of_functions(["a:read"], warm_up=False)
    assert (explained.meter, explained.cold) == (EXPLAIN, True)
