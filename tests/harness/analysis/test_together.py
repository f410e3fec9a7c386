"""Calls at once: measured where they were, a line where it can be drawn, else unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.prediction import Basis, Point, Prediction
from harness.analysis.together import predict_at_once, predict_slowest

NUMBERS, SIZES = (1, 2, 4, 8), (100, 1_000, 10_000)


def measured(
    shared: float, each: float, numbers: tuple[int, ...] = NUMBERS, sizes: tuple[int, ...] = SIZES
) -> dict[int, list[Point]]:
    """Points of calls that share so many bytes, and need so many an entry."""
    return {
        number: [Point(size, shared + number * size * each) for size in sizes] for number in numbers
    }


def predicted(grid: dict[int, list[Point]], entries: int, number: int) -> Prediction:
    found = predict_at_once(grid, entries, number)
    assert found
    return found


def test_what_was_measured_is_as_measured() -> None:
    found = predict_at_once({1: [Point(10, 5.0)], 4: [Point(10, 18.0, 0.02)]}, 10, 4)
    assert found == (18.0, 0.02, Basis.MEASURED)


@given(st.floats(0, 1e6), st.floats(1, 1e3), st.integers(1, 100), st.integers(100, 10**6))
def test_a_line_over_calls_and_sizes_is_predicted_exactly(
    shared: float, each: float, number: int, entries: int
) -> None:
    found = predicted(measured(shared, each), entries, number)
    assert found.value == pytest.approx(shared + number * entries * each, rel=1e-6)
    assert found.margin == pytest.approx(0, abs=1e-4)


@given(
    st.lists(st.lists(st.floats(1, 1e9), min_size=3, max_size=3), min_size=2, max_size=4),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(1, 100),
    st.integers(1, 100),
)
def test_more_calls_of_larger_payrolls_never_need_less(
    steps: list[list[float]], size: int, other: int, number: int, more: int
) -> None:
    """What is measured rises with both, by any steps."""
    grid: dict[int, list[Point]] = {}
    before = [0.0, 0.0, 0.0]
    for count, row in zip(NUMBERS, steps, strict=False):
        before = [low + sum(row[: nth + 1]) for nth, low in enumerate(before)]
        grid[count] = [Point(entries, value) for entries, value in zip(SIZES, before, strict=True)]
    small, large = sorted([size, other])
    few, many = sorted([number, more])
    least = predicted(grid, small, few)
    assert predicted(grid, large, few).value >= least.value * (1 - 1e-9)
    assert predicted(grid, small, many).value >= least.value * (1 - 1e-9)
    assert least.high >= least.value


def test_of_one_number_of_calls_more_are_unknown_and_fewer_are_bounded() -> None:
    """Of arrow_columns: 0.7 MB of one call, 10.3 MB of 8, which is not 8 times as much."""
    assert predict_at_once({1: [Point(200, 0.7e6)]}, 200, 8) is None
    assert predict_at_once({4: [Point(10, 18.0)]}, 10, 5) is None
    assert predict_at_once({4: [Point(10, 18.0)]}, 10, 4) == (18.0, 0.0, Basis.MEASURED)
    assert predict_at_once({4: [Point(10, 18.0)]}, 10, 3) == (18.0, 0.0, Basis.AT_MORE)


@pytest.mark.parametrize(("number", "groups"), [(3, 1), (4, 1), (5, 2), (12, 3)])
def test_times_of_one_number_of_calls_add_up_in_turn(number: int, groups: int) -> None:
    found = predict_slowest({4: [Point(10, 18.0)]}, 10, number)
    assert found.value == 18.0 * groups
    assert found.basis is {3: Basis.AT_MORE, 4: Basis.MEASURED}.get(number, Basis.IN_TURN)


def test_many_at_once_at_one_size_grow_as_one_call_does() -> None:
    points = measured(1_000, 2.0, (1,)) | {4: [Point(10_000, 4 * 20_000.0, 0.01)]}
    found = predicted(points, 1_000, 4)
    assert found.value == pytest.approx(80_000 * 3_000 / 21_000)
    assert found.margin == pytest.approx(0.01)
    assert found.basis is Basis.INTERPOLATED


def test_more_than_was_measured_may_need_as_much_as_in_proportion() -> None:
    found = predicted({1: [Point(10, 10.0)], 4: [Point(10, 30.0)]}, 10, 8)
    assert found.basis is Basis.EXTRAPOLATED
    assert found.high >= 60.0


def test_nothing_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        predict_at_once({1: ()}, 10, 1)
