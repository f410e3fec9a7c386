"""What two runs have in common: workloads on which both measured the same call."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.common import most_in_common, workloads_in_common
from harness.model.cell import Consume
from harness.model.run import Run
from support import a_run, a_workload, memory, times, with_baselines

SIZES = st.sets(st.sampled_from([100, 1_000, 10_000]), max_size=3)


def of_sizes(*sizes: int) -> Run:
    return a_run(*(one for size in sizes for one in memory("lean", 1e6, entries=size)))


def test_yardsticks_and_other_workloads_are_not_in_common() -> None:
    mine = with_baselines(*memory("lean", 1e6), *times("lean", 0.1))
    theirs = with_baselines(*memory("lean", 2e6), *memory("other", 1e6, entries=100))
    common = workloads_in_common(mine, theirs)
    assert [*common] == [(a_workload(), Consume.HOLD)]
    assert common.total() == 2 + 2 + 3  # memory of two, the times of one
    floors = a_run(*memory("floor", 1e6))
    assert not workloads_in_common(floors, floors)


@given(SIZES, st.dictionaries(st.sampled_from("abc"), SIZES, max_size=3))
def test_the_run_with_most_workloads_in_common_is_found(
    mine: set[int], others: dict[str, set[int]]
) -> None:
    named = {name: of_sizes(*sizes) for name, sizes in others.items()}
    found = most_in_common(of_sizes(*mine), named)
    most = max((len(mine & sizes) for sizes in others.values()), default=0)
    assert (found is None) == (most == 0)
    assert found is None or len(mine & others[found]) == most


def test_of_as_many_workloads_that_with_most_values_is_taken() -> None:
    mine = a_run(*memory("lean", 1e6), *memory("slim", 1e6))
    few, many = a_run(*memory("lean", 1e6)), a_run(*memory("lean", 1e6), *memory("slim", 1e6))
    assert most_in_common(mine, {"few": few, "many": many}) == "many"
