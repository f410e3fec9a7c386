"""What of a baseline is measured again: the same payrolls, and nothing but the usual call."""

from __future__ import annotations

import pytest

from callmeter.errors import UsageError
from harness.analysis.baseline import workloads_of
from harness.runner.again import Again
from harness.runner.functions import Functions, function_run
from harness.runner.record import Settings
from runs import made_run
from support import a_run, memory


@pytest.mark.parametrize("repetition", [1, 5])
def test_the_payroll_of_that_repetition_is_measured_again(repetition: int) -> None:
    run = made_run((1000,), ("tracemalloc", "clock"), repetitions=(1, 5), explained=False)
    again = Again(run, ["slotted"], workloads_of(run, 1000, repetition), ["tracemalloc", "clock"])
    cells = again.cells(Settings())
    assert {cell.workload.repetition for cell in cells} == {repetition}
    assert all(cell.is_usual for cell in cells)


@pytest.mark.parametrize(("known", "count"), [({}, 0), ({"live objects": "500000"}, 500_000)])
def test_as_many_objects_live_beside_as_in_the_baseline(known: dict[str, str], count: int) -> None:
    run = a_run(*memory("slotted", 1e6), **known)
    assert Again(run, ["slotted"], workloads_of(run), ["tracemalloc"]).live_objects == count


@pytest.mark.parametrize("known", ["many", "9" * 5_000])
def test_live_objects_that_are_no_number_are_refused(known: str) -> None:
    run = a_run(*memory("slotted", 1e6), **{"live objects": known})
    with pytest.raises(UsageError, match="give --live-objects"):
        Again(run, ["slotted"], workloads_of(run), ["tracemalloc"]).live_objects  # noqa: B018


def test_functions_are_not_read_through_a_driver() -> None:
    with pytest.raises(UsageError, match="--driver and --cluster are for strategies"):
        function_run(Functions({}), Settings(driver="psycopg2"))
