"""What a container must hold: a base that is known, and calls that have been served before."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from candidates import a_served_candidate
from harness.analysis.container import Need, Service, base_of, calls_at_once
from harness.analysis.prediction import Basis, Point, Prediction
from harness.model.cell import REFERENCE

LEAN = a_served_candidate("lean", 7e7, 1e3)
TODAY = a_served_candidate(REFERENCE, 6e7, 1e4)


def test_the_base_is_the_largest_that_was_measured_with_its_margin() -> None:
    points = {1: (Point(10, 5e7), Point(100, 6e7)), 4: (Point(10, 5.9e7, 0.1), Point(100, 6e7))}
    candidate = replace(LEAN, base=points)
    assert base_of(candidate, Service(4), None) == (5.9e7, 0.1, Basis.MEASURED)
    assert base_of(candidate, Service(1), None) == (6e7, 0.0, Basis.MEASURED)
    assert base_of(candidate, Service(2), None) == (5.9e7, 0.1, Basis.MEASURED)
    assert base_of(replace(LEAN, base={}), Service(2), None) is None


def test_on_a_base_that_is_given_comes_what_the_strategys_is_above_the_references() -> None:
    assert base_of(LEAN, Service(4, 1.8e8), TODAY) == (1.9e8, 0.0, Basis.GIVEN)
    assert base_of(TODAY, Service(4, 1.8e8), TODAY) == (1.8e8, 0.0, Basis.GIVEN)
    assert base_of(TODAY, Service(4, 1.8e8), LEAN) == (1.8e8, 0.0, Basis.GIVEN)
    assert base_of(replace(LEAN, base={}), Service(4, 1.8e8), TODAY) == (1.8e8, 0.0, Basis.GIVEN)


@given(st.none() | st.floats(0.1, 10), st.integers(1, 50), st.integers(1, 10**6))
def test_many_calls_peak_as_much_higher_as_was_seen_and_never_lower(
    served: float | None, at_once: int, entries: int
) -> None:
    once = calls_at_once(LEAN, Service(at_once), entries)
    found = calls_at_once(replace(LEAN, served=served), Service(at_once), entries)
    assert once
    assert found
    assert found.value == once.value * max(1, served or 1)
    assert found[1:] == once[1:]


def test_what_was_not_measured_has_no_peak() -> None:
    assert calls_at_once(replace(LEAN, resident={}), Service(), 10) is None


@given(st.floats(0, 1e12), st.floats(0, 3), st.floats(0, 1e12), st.floats(0, 3))
def test_the_upper_end_of_a_need_is_that_of_both(
    base: float, off: float, calls: float, other: float
) -> None:
    need = Need(Prediction(base, off, Basis.GIVEN), Prediction(calls, other, Basis.MEASURED))
    assert need.high == need.base.high + need.calls.high
    assert need.high >= need.value
    assert need.margin >= 0
