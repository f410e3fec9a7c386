"""The plan: pure, complete, interleaved."""

from __future__ import annotations

from harness.payroll import Payroll
from harness.plan import CONTRACT, EXPLANATION, FLOOR, REFERENCE, Cell, cells, explanations

PAYROLL = Payroll(10, 2)


def planned(*strategies: str, repeat: int | None = 1) -> list[Cell]:
    return list(cells(strategies, [PAYROLL], ["tracemalloc"], repeat))


def is_warm(cell: Cell) -> bool:
    return cell.meter != CONTRACT and not cell.cold


def test_a_first_call_is_measured_apart() -> None:
    cold = [cell for cell in planned("slotted", repeat=3) if cell.cold]
    assert [cell.strategy for cell in cold] == [FLOOR, REFERENCE, "slotted"]


def test_an_explanation_is_checked_first_too() -> None:
    found = [(cell.strategy, cell.meter) for cell in explanations([FLOOR, "slotted"], PAYROLL)]
    assert found == [("slotted", CONTRACT), (FLOOR, EXPLANATION), ("slotted", EXPLANATION)]


def test_every_strategy_is_checked_before_any_is_measured() -> None:
    meters = [cell.meter for cell in planned("slotted", REFERENCE)]
    assert meters == [CONTRACT] * 2 + ["tracemalloc"] * 6


def test_the_floor_and_the_reference_are_always_there_once() -> None:
    for chosen in (["slotted"], [REFERENCE], ["slotted", REFERENCE, "slotted"]):
        measured = [cell.strategy for cell in planned(*chosen) if is_warm(cell)]
        assert sorted(measured) == sorted({FLOOR, REFERENCE, *chosen})


def test_the_floor_is_not_checked() -> None:
    assert FLOOR not in {cell.strategy for cell in planned("slotted") if cell.meter == CONTRACT}


def test_repeats_are_interleaved() -> None:
    measured = [cell for cell in planned("slotted", repeat=3) if is_warm(cell)]
    assert [cell.repeat for cell in measured] == [0] * 3 + [1] * 3 + [2] * 3
    assert len({cell.strategy for cell in measured[:3]}) == 3


def test_a_meter_knows_its_own_number_of_repeats() -> None:
    assert len(planned("slotted", repeat=None)) > len(planned("slotted", repeat=1))


def test_a_cell_knows_its_payroll() -> None:
    assert {cell.payroll for cell in planned("slotted")} == {PAYROLL}
