"""Rows: medians, spreads and ratios, and what each is a ratio to."""

from __future__ import annotations

import pytest

from callmeter.worker import CHECK
from harness.model.compare import incomplete, ranked, rows
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.payroll.generator import Payroll
from harness.runner.plan import FLOOR, REFERENCE, Cell, Workload, cells
from support import a_workload


def cell(strategy: str, repeat: int = 0, meter: str = "tracemalloc", entries: int = 10) -> Cell:
    return Cell(strategy, meter, a_workload(entries), repeat)


def a_run(*measurements: Measurement) -> Run:
    header = Header(FORMAT, len(measurements), "", {}, {REFERENCE: "The reference"})
    return Run(header, list(measurements))


def memory(strategy: str, delta: float, peak: float, repeat: int = 0) -> Measurement:
    return Measurement(cell(strategy, repeat), {"delta_bytes": delta, "peak_bytes": peak})


RUN = a_run(
    Measurement(cell(REFERENCE, meter=CHECK), {}),
    Measurement(cell("bad", meter=CHECK), {}, "BrokenContractError: entry 1"),
    memory(REFERENCE, 300, 800),
    memory("lean", 50, 100),
    memory("lean", 52, 110, 1),
    memory("lean", 51, 100, 2),
    memory(FLOOR, 100, 100),
)


def row(name: str) -> dict[str, object]:
    return next(row for row in rows(RUN) if row["strategy"] == name)


def test_the_floor_comes_first_and_every_strategy_once() -> None:
    assert [row["strategy"] for row in rows(RUN)] == [FLOOR, REFERENCE, "bad", "lean"]


def test_memory_is_a_ratio_to_the_floor_and_the_reference() -> None:
    reference = row(REFERENCE)
    assert reference["delta_bytes_per_entry"] == 30
    assert reference["peak_bytes_per_entry"] == 80
    assert reference["delta_x_floor"] == 3
    assert reference["peak_x_floor"] == 8
    assert reference["peak_smaller_than_reference"] == 1
    assert reference["label"] == "The reference"
    assert row("lean")["peak_smaller_than_reference"] == 8


def test_repeats_give_their_median_and_spread() -> None:
    lean = row("lean")
    assert lean["delta_bytes"] == 51
    assert lean["peak_bytes"] == 100
    assert lean["delta_bytes_spread"] == pytest.approx(2 / 51)
    assert row(REFERENCE)["delta_bytes_spread"] is None


def test_what_is_given_back_in_a_call_has_a_spread_too() -> None:
    found = rows(a_run(memory("lean", -50, 1), memory("lean", -100, 1, 1)))
    assert found[0]["delta_bytes_spread"] == pytest.approx(50 / 75)


def test_an_error_leaves_no_figures() -> None:
    bad = row("bad")
    assert bad["error"] == "BrokenContractError: entry 1"
    assert bad["delta_bytes_per_entry"] is None
    assert bad["peak_x_floor"] is None
    assert bad.keys() == row("lean").keys()


def test_one_failed_repeat_takes_the_figures_of_all() -> None:
    failed = Measurement(cell("lean", 1), {}, "timed out after 2 s")
    (found,) = rows(a_run(memory("lean", 1, 1), failed))
    assert found["error"] == "timed out after 2 s"
    assert found["peak_bytes"] is None


def test_without_a_floor_there_is_no_ratio_to_it() -> None:
    (found,) = rows(a_run(memory("lean", 1, 1)))
    assert found["peak_x_floor"] is None
    assert found["peak_smaller_than_reference"] is None
    assert found["peak_bytes"] == 1


def test_nothing_retained_is_no_division_by_zero() -> None:
    found = rows(a_run(memory(FLOOR, 0, 0), memory(REFERENCE, 0, 0)))
    assert [row["delta_x_floor"] for row in found] == [None, None]


def test_payrolls_are_compared_with_their_own_floor() -> None:
    larger = Measurement(cell(FLOOR, entries=20), {"peak_bytes": 400.0})
    found = rows(a_run(memory(FLOOR, 100, 100), larger))
    assert [row["peak_x_floor"] for row in found] == [1, 1]


@pytest.mark.parametrize("broken", [set(), {"bad"}, {"bad", REFERENCE}])
def test_a_run_cut_short_anywhere_says_how_much_there_is(broken: set[str]) -> None:
    """A whole plan, without what is left out of those that break the contract."""
    planned = list(cells([REFERENCE, "lean", "bad"], [Payroll(10)], ["tracemalloc", "clock"]))
    found = [
        Measurement(each, {}, "BrokenContractError" if each.strategy in broken else None)
        for each in planned
        if each.meter == CHECK or each.strategy not in broken
    ]
    header = Header(FORMAT, len(planned), "", {}, {})
    assert incomplete(Run(header, found)) is None
    for kept in range(3, len(found)):
        said = f"{kept} of {len(planned)} cells"
        assert incomplete(Run(header, found[:kept])) == said


def test_what_a_broken_contract_left_out_is_not_missing() -> None:
    broken = Measurement(cell("bad", meter=CHECK), {}, "BrokenContractError: entry 1")
    measured = [broken, memory("lean", 1, 1), memory("lean", 1, 1, 1)]
    header = Header(FORMAT, 5, "", {}, {})  # a check of bad, and two repeats of both
    assert incomplete(Run(header, measured)) is None
    assert rows(Run(header, measured[:2]))[0]["incomplete"] == "2 of 5 cells"
    assert incomplete(Run(header, measured[:2])) == "2 of 5 cells"
    assert incomplete(Run(header, [broken])) is None  # nothing else was to be measured


def function(name: str, items: int | None, peak: float, repeat: int = 0) -> Measurement:
    of = Cell(name, "tracemalloc", Workload(), repeat)
    return Measurement(of, {"delta_bytes": peak, "peak_bytes": peak}, items=items)


def of_functions(*measurements: Measurement) -> list[dict[str, object]]:
    header = Header(FORMAT, len(measurements), "", {}, {}, reference="a:read")
    return rows(Run(header, list(measurements)))


def test_what_a_function_needs_an_item_is_by_its_own_count() -> None:
    one, other = of_functions(function("a:read", 10, 1000), function("b:read", 10, 500))
    assert (one["entries"], one["peak_bytes_per_entry"], one["other_count"]) == (10, 100, False)
    assert other["peak_smaller_than_reference"] == 2


def test_work_of_another_size_has_no_ratio_and_says_so() -> None:
    one, other = of_functions(function("a:read", 10, 1000), function("b:read", 5, 500))
    assert (other["entries"], other["peak_bytes_per_entry"], other["other_count"]) == (5, 100, True)
    assert other["peak_smaller_than_reference"] is None
    assert one["peak_smaller_than_reference"] == 1


def test_a_function_whose_calls_give_different_counts_has_no_figures() -> None:
    (row,) = of_functions(function("a:read", 10, 1), function("a:read", 12, 1, 1))
    assert row["error"] == (
        "its calls gave 10, then 12 items: a call changes what the next one reads"
    )
    assert row["peak_bytes"] is None


def test_nothing_read_has_figures_and_none_an_item() -> None:
    (row,) = of_functions(function("a:read", 0, 1000))
    assert (row["entries"], row["peak_bytes"], row["peak_bytes_per_entry"]) == (0, 1000, None)


def test_ranked_puts_what_has_no_figure_last() -> None:
    names = [row["strategy"] for row in ranked(rows(RUN), "peak_bytes")]
    assert names == [FLOOR, "lean", REFERENCE, "bad"]
