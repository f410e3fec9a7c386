"""Summaries: medians, ranges and ratios, and what each is a ratio to."""

from __future__ import annotations

import pytest

from callmeter.worker import CHECK
from harness.model.cell import FLOOR, REFERENCE, Cell, Collector, Workload
from harness.model.metrics import METRICS, VARIANTS, key_of
from harness.model.rank_test import ratio_interval
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.model.summary import Summary, incomplete, summaries
from harness.payroll.use import Part
from support import a_cell, a_run, a_workload, failed, memory, times


def found(*measurements: Measurement, **header: object) -> dict[str, Summary]:
    run = a_run(*measurements)
    known = {name: getattr(run.header, name) for name in run.header.__struct_fields__}
    return {each.name: each for each in summaries(Run(Header(**known | header), [*measurements]))}


RUN = [
    *memory(FLOOR, 2e6, retained=2e6),
    *memory(REFERENCE, 16e6, retained=6e6),
    *memory("lean", 1.0e6, 1.1e6, 1.02e6),
    failed("bad", "BrokenContractError: entry 1"),
]


def test_memory_is_a_ratio_to_the_floor_and_to_the_reference() -> None:
    reference, lean = found(*RUN)[REFERENCE], found(*RUN)["lean"]
    assert reference.ratio("traced_peak", "floor") == 8
    assert reference.ratio("traced_retained", "floor") == 3
    assert reference.ratio("traced_peak", "reference") == 1
    assert reference.per_item("traced_peak") == 16_000
    assert lean.ratio("traced_peak", "reference") == pytest.approx(1.02 / 16)
    assert lean.ratio("peak", "floor") is None  # not measured


def test_an_error_or_one_failed_repeat_leaves_no_samples() -> None:
    assert found(*RUN)["bad"].samples == {}
    assert found(*RUN)["bad"].error == "BrokenContractError: entry 1"
    late = Measurement(a_cell("lean", repeat=1), {}, "timed out after 2 s")
    assert found(*memory("lean", 1.0), late)["lean"].value("traced_peak") is None


def test_times_differ_by_the_rank_test_of_the_ratio_to_the_reference() -> None:
    walls = (1.0, 1.1, 1.2, 1.3, 1.4)
    quick, alike = (0.8, 0.85, 0.9, 0.95, 0.99), (1.0, 1.1, 1.0, 1.2, 1.1)
    made = found(
        *times(REFERENCE, *walls), *times("quick", *quick), *times("alike", *alike), *RUN[:2]
    )
    assert made["quick"].interval("wall") == ratio_interval(quick, walls)
    assert made["quick"].differs("wall") is True
    assert made["alike"].differs("wall") is False
    assert made[REFERENCE].interval("wall") is None
    assert made["quick"].interval("load") is None  # not measured
    assert made["quick"].interval("traced_peak") is None


def test_repeats_are_in_their_order_whatever_that_of_the_run_is() -> None:
    late_first = reversed(times("lean", 1.0, 2.0, 3.0))
    assert found(*late_first)["lean"].samples["wall"].values == (1.0, 2.0, 3.0)


def test_variants_are_metrics_of_their_cells() -> None:
    cold = Measurement(Cell("a", "clock", a_workload(), cold=True), {"wall": 9.0, "cpu": 9.0})
    others = [
        Measurement(Cell("a", "clock", a_workload(), **how), {"wall": wall, "gc": 0.0})
        for wall, how in (
            (2.0, {"collector": Collector.PAUSED}),
            (3.0, {"collector": Collector.FROZEN}),
            (4.0, {"part": Part.LOAD}),
            (5.0, {"part": Part.SUM}),
        )
    ]
    made = found(cold, *others, *times("a", 1.0))["a"]
    assert {key: each.values for key, each in made.samples.items()} == {
        **dict.fromkeys(("wall", "cpu"), (1.0,)),
        "gc": (1 / 3,),
        "gc_share": (1 / 3,),
        "first_call": (9.0,),
        "paused_wall": (2.0,),
        "frozen_wall": (3.0,),
        "load": (4.0,),
        "use": (5.0,),
    }
    assert {each.key for each in VARIANTS} <= METRICS.keys()
    assert key_of("cpu", cold=True) is None
    assert found(cold, warm_up=False)["a"].value("wall") == 9.0  # all calls are first ones


def test_loading_alone_is_a_ratio_to_the_floor_that_is_read() -> None:
    """Reading plain objects makes nothing: the floor is measured once."""
    floor = Measurement(a_cell(FLOOR, "allocator"), {"peak": 100.0, "retained": 90.0})
    loaded = Measurement(
        Cell("a", "allocator", a_workload(), part=Part.LOAD), {"peak": 50.0, "retained": 9.0}
    )
    made = found(floor, loaded)["a"]
    assert made.ratio("load_peak", "floor") == 0.5
    assert made.ratio("load_retained", "floor") == 0.1
    assert made.value("peak") is None


def function(name: str, items: int | None, peak: float, repeat: int = 0) -> Measurement:
    return Measurement(Cell(name, "allocator", Workload(), repeat), {"peak": peak}, items=items)


@pytest.mark.parametrize(("items", "is_other"), [(10, False), (5, True), (None, False)])
def test_work_of_another_size_is_no_ratio(items: int | None, is_other: bool) -> None:
    made = found(function("a:read", 10, 1000), function("b:read", items, 500), reference="a:read")
    assert made["b:read"].has_other_count is is_other
    assert made["b:read"].ratio("peak", "reference") == (None if is_other else 0.5)
    assert made["b:read"].per_item("peak") == (500 / items if items else None)


def test_a_function_whose_calls_return_different_counts_has_no_figures() -> None:
    (one,) = found(function("a:read", 10, 1), function("a:read", 12, 1, 1)).values()
    assert one.error == "its calls gave 10, then 12 items: a call changes what the next one reads"
    assert one.samples == {}


@pytest.mark.parametrize("broken", [(), ("bad",), ("bad", REFERENCE)])
def test_a_run_cut_short_anywhere_knows_how_much_there_is(broken: tuple[str, ...]) -> None:
    """A whole plan, without what is left out of those that break the contract."""
    names = [REFERENCE, "lean", "bad"]
    planned = [a_cell(name, CHECK) for name in names]
    planned += [a_cell(n, m, r) for m in ("tracemalloc", "clock") for r in (0, 1) for n in names]
    done = [
        Measurement(cell, {}, "BrokenContractError" if cell.name in broken else None)
        for cell in planned
        if cell.meter == CHECK or cell.name not in broken
    ]
    header = Header(FORMAT, len(planned), "", {}, {})
    assert incomplete(Run(header, done)) is None
    for kept in range(3, len(done)):
        assert incomplete(Run(header, done[:kept])) == f"{kept} of {len(planned)} cells"
