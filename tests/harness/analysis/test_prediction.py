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


@given(POINTS, SIZES)
def test_the_order_of_the_points_does_not_matter(points: list[Point], entries: int) -> None:
    assert predict(points, entries) == predict(points[::-1], entries)


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


def test_the_margin_is_that_of_the_repeats_and_of_the_line() -> None:
    bent = [Point(1_000, 1, 0.1), Point(10_000, 12, 0.1), Point(100_000, 150, 0.1)]
    assert predict(bent, 50_000).margin > 0.1
    assert predict(bent, 100_001).margin == pytest.approx(0.1, abs=1e-3)
    assert predict(bent, 400_000).margin > predict(bent, 200_000).margin > 0.1


def test_one_size_is_scaled_in_proportion() -> None:
    found = predict([Point(1_000, 5.0, 0.02)], 2_000)
    assert found == (10.0, pytest.approx(0.52), Basis.IN_PROPORTION)


def test_scaled_down_the_upper_end_holds_any_fixed_cost() -> None:
    found = predict([Point(10_000, 5.0, 0.02)], 100)
    assert (found.value, found.basis) == (0.05, Basis.IN_PROPORTION)
    assert found.high >= 5.0


def test_two_sizes_doubt_the_line_by_what_proportion_would_say() -> None:
    found = predict(line(1_000, 1, 1_000, 10_000), 100_000)
    assert found.basis is Basis.EXTRAPOLATED
    assert found.value == 101_000
    assert found.high == pytest.approx(110_000)


def test_below_the_measured_sizes_the_fixed_cost_stays() -> None:
    found = predict(line(1_000, 1, 1_000, 10_000), 10)
    assert found.value == 1_010
    assert found.basis is Basis.EXTRAPOLATED


def test_values_that_fall_are_not_extended_below_the_last() -> None:
    assert predict([Point(10, 100), Point(20, 50)], 1_000).value == 50


def test_nothing_measured_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        predict([], 1)
