"""A sample's figures, and when two samples are called different."""

from __future__ import annotations

import pytest

from harness.model.metrics import METRICS
from harness.model.rank_test import ratio_interval
from harness.model.sample import Sample, differ, interval_of_ratio


def sample(key: str, *values: float) -> Sample:
    return Sample(METRICS[key], values)


def wall(*values: float) -> Sample:
    return sample("wall", *values)


def test_a_sample_has_a_median_a_range_and_a_spread() -> None:
    lean = sample("traced_peak", 1.0e6, 1.1e6, 1.02e6)
    assert (lean.median, lean.range, lean.n) == (1.02e6, (1.0e6, 1.1e6), 3)
    assert lean.spread == pytest.approx(0.1e6 / 1.02e6)
    assert not lean.is_steady
    assert wall(1.0, 2.0, 9.0, 10.0).range == (1.75, 9.25)  # the middle half
    assert sample("rss_peak", 1e6, 1.9e6).is_steady  # within the resolution
    assert not sample("rss_peak", 1e6, 2.9e6).is_steady


@pytest.mark.parametrize(
    ("mine", "theirs", "is_different"),
    [
        ((1.0, 1.1, 1.2, 1.3, 1.4), (1.5, 1.6, 1.7, 1.8, 1.9), True),
        ((1.0, 1.1, 1.2, 1.3, 1.55), (1.5, 1.6, 1.7, 1.8, 1.9), True),  # one pair of 25
        ((1.0, 1.1, 1.2, 1.3, 1.75), (1.5, 1.6, 1.7, 1.8, 1.9), False),  # three
        ((1.0, 1.1, 1.2, 1.3, 1.5), (1.5, 1.5, 1.5, 1.8, 1.9), False),  # equal pairs count
        ((1.0,) * 5, (1.0,) * 7, False),
        ((0.0,) * 5, (0.0,) * 5, False),
        ((0.0,) * 5, (1.0,) * 5, True),
    ],
)
def test_times_differ_if_the_interval_of_their_ratio_excludes_one(
    mine: tuple[float, ...], theirs: tuple[float, ...], *, is_different: bool
) -> None:
    interval = interval_of_ratio(wall(*mine), wall(*theirs))
    assert interval == ratio_interval(mine, theirs)
    assert interval
    assert (not interval[0] <= 1 <= interval[1]) is is_different
    for pair in ((mine, theirs), (theirs, mine)):
        assert differ(*(wall(*values) for values in pair)) is is_different


@pytest.mark.parametrize(
    ("mine", "theirs", "is_different"),
    [
        ((1.0, 1.0), (1.5, 1.5), True),
        ((1.0, 1.0), (1.49, 1.49), None),
        ((1.0,), (9.0, 9.0), None),  # one repeat has no range
        ((1.0, 9.1), (9.0, 9.0, 9.0), None),
        ((1.0, 1.1, 1.2, 1.2), (1.3, 1.4, 1.5, 1.6), None),
        ((1.0, 1.1, 1.2, 1.2), (2.3, 2.4, 2.5, 2.6, 2.7), True),
        ((0.0, 0.0), (0.0, 0.0), None),
    ],
)
def test_fewer_than_five_repeats_tell_a_ratio_of_one_and_a_half_or_more(
    mine: tuple[float, ...], theirs: tuple[float, ...], *, is_different: bool | None
) -> None:
    assert interval_of_ratio(wall(*mine), wall(*theirs)) is None
    for pair in ((mine, theirs), (theirs, mine)):
        assert differ(*(wall(*values) for values in pair)) is is_different


def test_memory_differs_where_no_repeats_of_the_two_meet() -> None:
    lean, fat = sample("peak", 1e6, 2e6), sample("peak", 2.1e6, 3e6)
    assert differ(lean, fat) is True
    assert differ(lean, sample("peak", 1.9e6)) is False
    assert interval_of_ratio(lean, fat) is None
