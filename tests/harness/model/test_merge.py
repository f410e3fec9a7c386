"""Several runs as one: nothing that one of them measured is lost, and no figure is of two."""

from __future__ import annotations

import pytest

from callmeter.errors import UsageError
from harness.model.cell import FLOOR, REFERENCE
from harness.model.merge import by_stack, first_of_each, joined, merge_runs
from harness.model.run import Measurement
from harness.model.summary import incomplete, summaries
from support import a_cell, a_run, memory, times


def sized(entries: int, peak: float, name: str = REFERENCE) -> Measurement:
    return Measurement(a_cell(name, "allocator", entries=entries), {"peak": peak})


def test_memory_is_of_the_first_run_that_measured_it_of_a_strategy_at_a_size() -> None:
    first = a_run(sized(10, 1.0))
    other = sized(10, 3.0, "other")
    second = a_run(sized(10, 2.0), other, sized(100, 4.0))
    runs = [first, second, a_run(sized(100, 5.0), sized(1_000, 6.0))]
    found = merge_runs(runs)
    assert found.measurements == [sized(10, 1.0), other, sized(100, 4.0), sized(1_000, 6.0)]
    assert incomplete(found) is None
    assert merge_runs([first]) == first
    assert first_of_each(runs) == [[sized(10, 1.0)], [other, sized(100, 4.0)], [sized(1_000, 6.0)]]


def test_the_memory_of_one_run_hides_no_times_of_another() -> None:
    lean = times("lean", 0.5, 0.6)
    first = a_run(sized(1_000, 1.0), sized(1_000, 2.0, "lean"))
    (found,) = (one for one in summaries(merge_runs([first, a_run(*lean)])) if one.name == "lean")
    assert (found.value("wall"), found.value("peak")) == (0.55, 2.0)


def test_all_times_of_a_payroll_are_of_one_run() -> None:
    first = a_run(*times(REFERENCE, 1.0))
    second = a_run(*times(REFERENCE, 2.0), *times("lean", 0.5), *times("lean", 0.7, entries=10))
    assert first_of_each([first, second])[1] == times("lean", 0.7, entries=10)


def test_what_a_run_lacks_is_still_missing() -> None:
    short = a_run(sized(10, 1.0), *times(REFERENCE, 1.0, entries=10), cells=5)
    assert incomplete(merge_runs([short, a_run(sized(100, 1.0))])) == "3 of 6 cells"
    assert incomplete(merge_runs([a_run(sized(100, 1.0)), short])) == "3 of 6 cells"


def test_a_yardstick_of_the_second_is_no_strategy() -> None:
    second = a_run(*memory(FLOOR, 1.0, entries=100))
    assert merge_runs([a_run(sized(10, 1.0)), second]).header.yardsticks == [FLOOR]


def test_runs_that_can_be_one_are_a_stack() -> None:
    usual = {"a": a_run(sized(10, 1.0)), "c": a_run(sized(20, 1.0), commit="another")}
    newer = {"b": a_run(sized(10, 1.0), python="CPython 3.14.0")}
    found = by_stack({"a": usual["a"], **newer, "c": usual["c"]})
    assert found == [usual, newer]
    for stack in found:
        merge_runs(list(stack.values()))


def test_runs_of_different_environments_are_not_one() -> None:
    other = a_run(sized(100, 1.0), sqlalchemy="2.0.40")
    with pytest.raises(UsageError, match=r"sqlalchemy 2\.1\.9 and 2\.0\.40"):
        merge_runs([a_run(sized(10, 1.0)), other])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"driver": "psycopg2"}, "driver of each strategy and psycopg2"),
        ({"live objects": "500000"}, "live objects 0 and 500000"),
        ({"malloc": "jemalloc"}, "malloc as usual and jemalloc"),
    ],
)
def test_another_driver_allocator_or_other_live_objects_are_another_environment(
    other: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        merge_runs([a_run(sized(10, 1.0)), a_run(sized(100, 1.0), **other)])


def test_the_parts_of_one_run_are_joined() -> None:
    """Of times too, whose repeats are each in a part of its own."""
    rounds = [a_run(one) for one in times(REFERENCE, 1.0, 2.0, 3.0)]
    run = joined([a_run(*memory(FLOOR, 1.0)), *rounds])
    assert [one.value("wall") for one in summaries(run)] == [None, 2.0]
    assert (run.header.cells, run.header.yardsticks) == (4, [FLOOR])
    assert incomplete(run) is None
    with pytest.raises(UsageError, match="different environments"):
        joined([rounds[0], a_run(*times(REFERENCE, 1.0), python="CPython 3.13.0")])
