"""What a container must hold: a base that is known, and calls that have been served before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates import a_served_candidate
from harness.analysis.candidate import Served
from harness.analysis.container import Need, Service, base_of, calls_at_once
from harness.analysis.prediction import Basis, Point, Prediction
from harness.model.cell import REFERENCE

LEAN = a_served_candidate("lean", 7e7, 1e3, today=6e7)
TODAY = a_served_candidate(REFERENCE, 6e7, 1e4)


def test_the_base_is_the_largest_that_was_measured_with_its_margin() -> None:
    points = {1: (Point(10, 5e7), Point(100, 6e7)), 4: (Point(10, 6.3e7, 0.1), Point(100, 6.4e7))}
    candidate = replace(LEAN, base=points)
    assert base_of(candidate, Service(4)) == (6.3e7, 0.1, Basis.MEASURED)
    assert base_of(candidate, Service(1)) == (6e7, 0.0, Basis.MEASURED)
    assert base_of(replace(LEAN, base={}), Service(2)) is None


def test_the_base_grows_with_calls_at_once_that_were_not_measured() -> None:
    """Of arrow_columns: it was 125.4 MB at 16."""
    arrow = replace(LEAN, base={1: (Point(200, 107.6e6),), 8: (Point(200, 118e6),)})
    found = base_of(arrow, Service(16))
    assert found
    assert found.basis is Basis.EXTRAPOLATED
    assert found.value == pytest.approx(107.6e6 + 10.4e6 * 15 / 7)
    assert 125.4e6 < found.high < 150e6
    between = base_of(arrow, Service(4))
    assert between
    assert 107.6e6 < between.value < between.high <= 118.1e6


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=3), st.integers(4, 99), st.integers(1, 99)
)
def test_a_base_never_shrinks_as_calls_are_added(steps: list[int], number: int, more: int) -> None:
    known = {1: 6e7}
    for count, step in zip((2, 4, 8), steps, strict=False):
        known[count] = max(known.values()) + step
    candidate = replace(LEAN, base={count: (Point(1, one),) for count, one in known.items()})
    found, larger = (base_of(candidate, Service(size)) for size in (number, number + more))
    assert found
    assert larger
    assert larger.value >= found.value * (1 - 1e-9)
    assert found.high >= known.get(number, 6e7)


def test_a_base_at_one_number_of_calls_is_a_bound_of_fewer_and_unknown_of_more() -> None:
    four = replace(LEAN, base={4: (Point(10, 6e7),)})
    assert base_of(four, Service(2)) == (6e7, 0.0, Basis.AT_MORE)
    assert base_of(four, Service(5)) is None


def test_on_a_base_that_is_given_comes_what_the_strategys_is_above_the_references() -> None:
    assert base_of(LEAN, Service(4, 1.8e8)) == (1.9e8, 0.0, Basis.GIVEN)
    assert base_of(TODAY, Service(4, 1.8e8)) == (1.8e8, 0.0, Basis.GIVEN)
    smaller = replace(LEAN, today=replace(LEAN, base={4: (Point(10, 8e7),)}).base)
    assert base_of(smaller, Service(4, 1.8e8)) == (1.8e8, 0.0, Basis.GIVEN)


def test_of_a_given_base_the_upper_end_of_the_difference_counts() -> None:
    points = {1: (Point(10, 7e7, 0.1),)}
    found = base_of(replace(LEAN, base=points, today={1: (Point(10, 6e7, 0.05),)}), Service(1, 1e8))
    assert found
    assert found.value == 1.1e8
    assert found.high == pytest.approx(1e8 + 7.7e7 - 5.7e7)


@pytest.mark.parametrize("lacks", ["base", "today"])
def test_without_a_measured_base_what_comes_on_a_given_one_is_unknown(lacks: str) -> None:
    """Or else a strategy that imports a package would do so for nothing."""
    unknown: dict[str, Any] = {lacks: {}}
    assert base_of(replace(LEAN, **unknown), Service(4, 1.8e8)) is None
    assert base_of(replace(TODAY, base={}), Service(4, 1.8e8)) == (1.8e8, 0.0, Basis.GIVEN)


@given(st.floats(1, 10), st.integers(1, 50), st.integers(1, 10**6))
def test_many_calls_peak_as_much_higher_as_was_seen(
    times: float, at_once: int, entries: int
) -> None:
    once = calls_at_once(LEAN, Service(at_once), entries)
    served = replace(LEAN, served=(Served(1_000, 1, times),))
    found = calls_at_once(served, Service(at_once), entries)
    assert once
    assert found
    assert found.value == once.value * times
    assert found[1:] == once[1:]


def test_of_many_calls_the_nearest_size_and_number_count() -> None:
    measured = (Served(100, 1, 5.0), Served(1_000, 1, 1.2), Served(1_000, 8, 1.1))
    served = replace(LEAN, served=measured)
    found = [served.served_at(entries, at_once) for entries, at_once in ((120, 2), (900, 2))]
    assert found == [5.0, 1.2]
    assert [served.served_at(10_000, at_once) for at_once in (1, 4, 64)] == [1.2, 1.1, 1.1]
    assert LEAN.served_at(10, 1) == 1.0


@pytest.mark.parametrize("number", [3, 4])
def test_the_upper_end_is_no_less_than_if_all_peaked_together(number: int) -> None:
    """As of full_orm: at 3 calls at once it needed more than the line between 1 and 4."""
    points = {1: (Point(1200, 79e6, 0.05),), 4: (Point(1200, 256e6, 0.05),)}
    found = calls_at_once(replace(TODAY, resident=points, served=()), Service(number), 1200)
    assert found
    assert found.value <= 256e6
    assert found.high == pytest.approx(number * 79e6)
    slow = {1: (Point(1200, 1e6),), 4: (Point(1200, 19e6, 0.05),)}  # what each further one adds
    more = calls_at_once(replace(TODAY, resident=slow, served=()), Service(4), 1200)
    assert more == (19e6, 0.05, Basis.MEASURED)


def test_what_was_not_measured_has_no_peak() -> None:
    assert calls_at_once(replace(LEAN, resident={}), Service(), 10) is None
    alone = replace(LEAN, resident={1: LEAN.resident[1]})
    assert calls_at_once(alone, Service(1), 100)
    assert calls_at_once(alone, Service(2), 100) is None


@given(st.floats(0, 1e12), st.floats(0, 3), st.floats(0, 1e12), st.floats(0, 3))
def test_the_upper_end_of_a_need_is_that_of_both(
    base: float, off: float, calls: float, other: float
) -> None:
    need = Need(Prediction(base, off, Basis.GIVEN), Prediction(calls, other, Basis.MEASURED))
    assert need.high == need.base.high + need.calls.high
    assert need.high >= need.value
    assert need.margin >= 0
