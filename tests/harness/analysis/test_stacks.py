"""The stacks of a sweep beside the first: times themselves, as their repeats were interleaved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.difference import Outcome, between
from harness.analysis.stacks import METERS, beside_first, rows, tally
from support import a_run, memory, times, with_baselines

SECONDS = st.lists(st.floats(0.01, 10), min_size=1, max_size=7)


def test_a_time_that_all_calls_share_is_seen_beside_the_first() -> None:
    """Ratios to the reference do not show it, which are all that other runs may be compared by."""
    before = a_run(*times("full_orm", *[0.1] * 5), *times("lean", *[0.01] * 5))
    after = a_run(*times("full_orm", *[0.05] * 5), *times("lean", *[0.005] * 5))
    (beside,) = beside_first({"one": before, "two": after})
    walls = [one for one in beside.difference.changes if one.metric.key == "wall"]
    assert [(one.ratio, one.outcome) for one in walls] == [(0.5, Outcome.CHANGED)] * 2
    (ratio,) = [one for one in between(before, after).changes if one.metric.key == "wall"]
    assert (ratio.ratio, ratio.outcome) == (1, Outcome.ALIKE)


def test_too_few_repeats_leave_a_time_undecided() -> None:
    runs = {"one": a_run(*times("lean", 0.10, 0.10)), "two": a_run(*times("lean", 0.11, 0.11))}
    (beside,) = beside_first(runs)
    (wall,) = [one for one in beside.difference.changes if one.metric.key == "wall"]
    assert wall.outcome is Outcome.UNKNOWN


def test_a_row_has_a_change_for_each_other_stack() -> None:
    first = with_baselines(*memory("lean", 4e6, 4e6), *memory("gone", 1e6))
    second = with_baselines(*memory("lean", 3e6, 3e6), sqlalchemy="2.0.58")
    third = with_baselines(*memory("lean", 4e6, 4e6))
    others = beside_first({"one": first, "two": second, "three": third})
    found = {(row.subject.name, row.metric.key): row for row in rows(first, others)}
    peak, gone = found["lean", "traced_peak"], found["gone", "traced_peak"]
    assert [change and change.ratio for change in peak.changes] == [0.75, 1]
    assert peak.is_moved
    assert gone.changes == (None, None)
    assert not gone.is_moved
    assert found["floor", "traced_peak"].is_of_yardstick
    assert "calls" in METERS
    assert "imports" not in METERS


@given(st.lists(st.tuples(SECONDS, SECONDS), min_size=1, max_size=5))
def test_every_change_is_counted_once(pairs: list[tuple[list[float], list[float]]]) -> None:
    first, second = (
        a_run(*(one for nth, both in enumerate(pairs) for one in times(f"n{nth}", *both[side])))
        for side in (0, 1)
    )
    (beside,) = beside_first({"one": first, "two": second})
    walls = [one for one in beside.difference.changes if one.metric.key == "wall"]
    found = tally(walls)
    assert found.count == len(walls) == len(pairs)
    assert all(change.ratio and change.ratio < 1 for change in found.less)
    assert all(change.ratio and change.ratio > 1 for change in found.more)
