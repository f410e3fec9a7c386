"""What changed between two runs, and what the noise of both does not let anyone say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.difference import Change, Outcome, between
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.model.run import Measurement, Run
from support import a_cell, a_run, memory, times, with_baselines


def change(before: Run, after: Run, key: str, name: str = "lean") -> Change:
    found = between(before, after).changes
    return next(c for c in found if (c.subject.name, c.metric.key) == (name, key))


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ((4e6, 4e6), (5e6, 5e6), Outcome.CHANGED),
        ((4e6, 4e6), (4.019e6, 4.019e6), Outcome.ALIKE),  # 0.5%: what repeats differ by
        ((4e6, 4e6), (4.021e6, 4.021e6), Outcome.CHANGED),
        ((4e6, 4e6), (3.9e6, 3.9e6), Outcome.CHANGED),
        ((4e6, 5e6), (4.9e6, 6e6), Outcome.ALIKE),  # the ranges overlap
        ((4e6,), (5e6,), Outcome.CHANGED),  # memory repeats well: once is enough
        ((0.0, 0.0), (1e6, 1e6), Outcome.CHANGED),
    ],
)
def test_memory(before: tuple[float, ...], after: tuple[float, ...], outcome: Outcome) -> None:
    found = change(a_run(*memory("lean", *before)), a_run(*memory("lean", *after)), "traced_peak")
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("meter", "before", "after", "outcome"),
    [
        ("rss", {"rss_peak": 2e6}, {"rss_peak": 3e6}, Outcome.ALIKE),  # within a mebibyte
        ("rss", {"rss_peak": 20e6}, {"rss_peak": 23e6}, Outcome.CHANGED),
        ("clock", {"wall": 1.0, "gc": 0.30}, {"wall": 1.0, "gc": 0.39}, Outcome.ALIKE),  # points
        ("clock", {"wall": 1.0, "gc": 0.30}, {"wall": 1.0, "gc": 0.45}, Outcome.CHANGED),
    ],
)
def test_a_difference_below_the_resolution_is_none(
    meter: str, before: dict[str, float], after: dict[str, float], outcome: Outcome
) -> None:
    first, second = (
        a_run(*(Measurement(a_cell("lean", meter, nth), values) for nth in range(5)))
        for values in (before, after)
    )
    assert [each.outcome for each in between(first, second).changes] == [outcome]


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ((0.05,) * 5, (0.10,) * 5, Outcome.CHANGED),
        ((0.05,) * 5, (0.052,) * 5, Outcome.ALIKE),
        ((0.05,) * 5, (0.06,) * 5, Outcome.CHANGED),
        ((0.05,) * 5, (0.04, 0.04, 0.06, 0.07, 0.08), Outcome.ALIKE),  # the ranks do not differ
        ((0.04, 0.04, 0.05, 0.09, 0.09), (0.05, 0.06, 0.07, 0.08, 0.08), Outcome.ALIKE),
        ((0.05,) * 2, (0.10,) * 5, Outcome.CHANGED),
        ((0.05,) * 2, (0.07,) * 5, Outcome.UNKNOWN),
        ((0.05,) * 5, (0.10,), Outcome.UNKNOWN),
    ],
)
def test_time(before: tuple[float, ...], after: tuple[float, ...], outcome: Outcome) -> None:
    first, second = (with_baselines(*times("lean", *walls)) for walls in (before, after))
    assert change(first, second, "wall").outcome is outcome


def test_times_are_compared_repeat_by_repeat_and_by_all_repeats_of_both() -> None:
    """A machine that changes its speed in a run widens what a difference must be beyond."""
    speeds, quicker = (1.0, 1.0, 1.5, 1.5, 1.5), (0.8,) * 5
    first, second = (
        a_run(
            *times(REFERENCE, *speeds),
            *times("lean", *(speed * wall for speed, wall in zip(speeds, walls, strict=True))),
        )
        for walls in ((1.0,) * 5, quicker)
    )
    found = change(first, second, "wall")
    assert found.interval == pytest.approx((0.8, 0.8))
    assert found.after.sample.values == pytest.approx(quicker)
    assert found.after.high > found.before.low
    assert found.outcome is Outcome.ALIKE
    once = (a_run(*times(name, 1.0), *times(REFERENCE, 1.0)) for name in ("lean", "lean"))
    assert change(*once, "wall").interval is None


@given(factor=st.floats(0.01, 100), walls=st.lists(st.floats(0.1, 10), min_size=5, max_size=7))
def test_a_slower_machine_changes_no_time(factor: float, walls: list[float]) -> None:
    first, second = (
        a_run(
            *times(REFERENCE, *(speed * 2 for _ in walls)),
            *times("lean", *(speed * wall for wall in walls)),
        )
        for speed in (1, factor)
    )
    found = change(first, second, "wall")
    assert found.outcome is Outcome.ALIKE
    assert found.before.median == pytest.approx(found.after.median)


def test_what_only_one_run_has_is_named() -> None:
    first = with_baselines(*memory("gone", 1e6), *memory("lean", 1e6), *times("lean", 1, 1, 1))
    second = with_baselines(
        *memory("new", 1e6), *memory("lean", 1e6), *memory("lean", 2e6, entries=5)
    )
    found = [
        (each.subject.name, each.subject.workload.size, each.metric and each.metric.key, each.run)
        for each in between(first, second).only_in
    ]
    assert sorted(found, key=str) == [
        ("gone", 1000, None, 0),
        ("lean", 1000, "cpu", 0),
        ("lean", 1000, "gc_share", 0),
        ("lean", 1000, "wall", 0),
        ("lean", 5, None, 1),
        ("new", 1000, None, 1),
    ]


@pytest.mark.parametrize(
    ("floor", "after", "outcome"),
    [
        (2e6, 4e6, Outcome.ALIKE),
        (2.2e6, 4.4e6, Outcome.ALIKE),  # another Python: everything is larger by a tenth
        (2.2e6, 4e6, Outcome.CHANGED),
        (2e6, 4.4e6, Outcome.CHANGED),
    ],
)
def test_memory_relative_to_the_floor(floor: float, after: float, outcome: Outcome) -> None:
    first = a_run(*memory("floor", 2e6), *memory("lean", 4e6))
    second = a_run(*memory("floor", floor), *memory("lean", after))
    found = between(first, second, [METRICS["traced_peak"]], to_floor=True).changes
    lean = next(one for one in found if one.subject.name == "lean")
    assert lean.outcome is outcome
    assert lean.after.median == pytest.approx(after / floor)


def test_a_resolution_is_of_bytes_where_ratios_are_compared() -> None:
    first, second = (
        a_run(
            Measurement(a_cell("floor", "rss"), {"rss_peak": 10e6}),
            Measurement(a_cell("lean", "rss"), {"rss_peak": peak}),
        )
        for peak in (2e6, 2.9e6)
    )
    lean = next(
        one for one in between(first, second, to_floor=True).changes if one.subject.name == "lean"
    )
    assert lean.outcome is Outcome.ALIKE
