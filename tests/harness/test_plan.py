"""The plan: pure, complete, interleaved."""

from __future__ import annotations

from harness.payroll import Payroll
from harness.plan import CONTRACT, FLOOR, REFERENCE, Cell, cells

PAYROLL = Payroll(10, 2)


def planned(*strategies: str, repeat: int | None = 1) -> list[Cell]:
    return list(cells(strategies, [PAYROLL], ["tracemalloc"], repeat))


def test_every_strategy_is_checked_before_any_is_measured() -> None:
    meters = [cell.meter for cell in planned("slotted", REFERENCE)]
    assert meters == [CONTRACT] * 2 + ["tracemalloc"] * 3


def test_the_floor_and_the_reference_are_always_there_once() -> None:
    for chosen in (["slotted"], [REFERENCE], ["slotted", REFERENCE, "slotted"]):
        measured = [cell.strategy for cell in planned(*chosen) if cell.meter != CONTRACT]
        assert sorted(measured) == sorted({FLOOR, REFERENCE, *chosen})


def test_the_floor_is_not_checked() -> None:
    assert FLOOR not in {cell.strategy for cell in planned("slotted") if cell.meter == CONTRACT}


def test_repeats_are_interleaved() -> None:
    measured = [cell for cell in planned("slotted", repeat=3) if cell.meter != CONTRACT]
    assert [cell.repeat for cell in measured] == [0] * 3 + [1] * 3 + [2] * 3
    assert len({cell.strategy for cell in measured[:3]}) == 3


def test_a_meter_knows_its_own_number_of_repeats() -> None:
    assert len(planned("slotted", repeat=None)) > len(planned("slotted", repeat=1))


def test_a_cell_knows_its_payroll() -> None:
    assert {cell.payroll for cell in planned("slotted")} == {PAYROLL}
