"""Predictions: exact where the growth is a line, honest where it is not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.analysis.prediction import Basis, Point, predict

SIZES = st.integers(1, 10**9)
VALUES = st.floats(0, 1e15)
POINTS = st.lists(
    st.builds(Point, SIZES, VALUES, st.floats(0, 2)),
    min_size=1,
    max_size=5,
    unique_by=lambda point: point.entries,
)


def line(fixed: float, each: float, *sizes: int) -> list[Point]:
    return [Point(size, fixed + each * size) for size in sizes]


@given(POINTS, SIZES)
def test_any_points_make_a_value_and_a_margin(points: list[Point], entries: int) -> None:
    found = predict(points, entries)
    assert found.value >= 0
    assert found.margin >= 0
    assert found.high >= found.value


@given(POINTS)
def test_a_measured_size_is_as_measured(points: list[Point]) -> None:
    for point in points:
        assert predict(points, point.entries) == (point.value, point.margin, Basis.MEASURED)


@given(
    st.integers(0, 10**6),
    st.integers(1, 10**4),
    st.lists(st.integers(1, 10**6), min_size=3, max_size=5, unique=True),
    st.integers(1, 10**7),
)
def test_a_fixed_cost_and_a_cost_an_entry_are_predicted_exactly(
    fixed: int, each: int, sizes: list[int], entries: int
) -> None:
    assume(entries >= min(sizes))
    found = predict(line(fixed, each, *sizes), entries)
    assert found.value == pytest.approx(fixed + each * entries, rel=1e-6)
    assert found.margin == pytest.approx(0, abs=1e-4)


@given(POINTS, SIZES, SIZES)
def test_a_larger_payroll_never_needs_less(points: list[Point], one: int, other: int) -> None:
    smaller, larger = sorted([one, other])
    sizes = sorted(point.entries for point in points)
    values = sorted(point.value for point in points)
    rising = [Point(*pair) for pair in zip(sizes, values, strict=True)]
    least = predict(rising, smaller).value
    assert predict(rising, larger).value >= least * (1 - 1e-9)


def test_the_upper_end_holds_what_grows_faster_than_the_payroll() -> None:
    points = [Point(size, size**1.2) for size in (1_000, 10_000, 100_000)]
    for entries in (2_000, 5_000, 20_000, 50_000, 200_000, 400_000):
        assert predict(points, entries).high >= entries**1.2


def test_scaled_down_the_upper_end_holds_any_fixed_cost() -> None:
    found = predict([Point(10_000, 5.0, 0.02)], 100)
    assert (found.value, found.basis) == (0.05, Basis.IN_PROPORTION)
    assert found.high >= 5.0
