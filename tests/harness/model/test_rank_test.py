"""The rank test: exact, the same thing as its interval, and right as often as it claims."""

from __future__ import annotations

from itertools import combinations
from math import inf, sqrt
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model import rank_test
from harness.model.rank_test import LEVEL, MOST_EXACT, _left_out, ratio_interval

VALUES = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=9)
TIED = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=6)
SIZES = [(4, 4), (5, 5), (3, 7), (7, 7), (5, 12)]


def differ(mine: list[float], theirs: list[float], level: float = LEVEL) -> bool:
    interval = ratio_interval(mine, theirs, level)
    return interval is not None and not interval[0] <= 1 <= interval[1]


def probability(mine: list[float], theirs: list[float]) -> float:
    """Twice that of a U as small as this one, by enumeration; ties count for the smaller side."""
    mine_or_theirs = range(len(mine) + len(theirs))
    found = [
        sum(nth > other for nth in ranks for other in mine_or_theirs if other not in ranks)
        for ranks in combinations(mine_or_theirs, len(mine))
    ]
    won, lost = (
        sum(one >= other for one in first for other in second)
        for first, second in ((mine, theirs), (theirs, mine))
    )
    return 2 * sum(u <= min(won, lost) for u in found) / len(found)


def test_three_and_three_have_no_interval_and_four_and_four_have_one() -> None:
    assert ratio_interval([1, 2, 3], [7, 8, 9]) is None
    assert ratio_interval([1], [2] * 30) is None
    assert ratio_interval([1, 2, 3, 4], [10, 10, 20, 20]) == (1 / 20, 4 / 10)
    assert ratio_interval([1, 2, 3], [7, 8, 9], level=0.1) == (1 / 9, 3 / 7)


@pytest.mark.parametrize(
    ("sizes", "critical"), [((5, 5), 2), ((7, 7), 8), ((5, 8), 6), ((10, 10), 23), ((20, 20), 127)]
)
def test_the_largest_u_that_differs_is_that_of_published_tables(
    sizes: tuple[int, int], critical: int
) -> None:
    """Two-sided, at 5%."""
    for u in range(critical + 3):
        assert differ(*with_u(u, *sizes)) is (u <= critical)


def with_u(u: int, size: int, other: int) -> tuple[list[float], list[float]]:
    """Return samples of these sizes; in so many pairs is that of the first the larger one."""
    passed = [min(other, max(0, u - nth * other)) for nth in range(size)]
    return [beaten + 0.5 for beaten in passed], [float(nth) for nth in range(1, other + 1)]


@given(
    mine=st.lists(st.floats(0, 100), min_size=1, max_size=5),
    theirs=st.lists(st.floats(0, 100), min_size=1, max_size=5),
    level=st.sampled_from([0.01, 0.05, 0.1, 0.3]),
)
def test_it_agrees_with_the_enumeration_of_all_orders(
    mine: list[float], theirs: list[float], level: float
) -> None:
    assert differ(mine, theirs, level) is (probability(mine, theirs) <= level)


@given(mine=TIED, theirs=TIED)
def test_ties_and_nothing_are_called_different_less_often(
    mine: list[float], theirs: list[float]
) -> None:
    """However the ties were broken, it would be different."""
    assert differ(mine, theirs) is (probability(mine, theirs) <= LEVEL)
    assert not differ(mine, mine)


@pytest.mark.parametrize("sizes", SIZES)
def test_two_samples_of_one_distribution_differ_as_often_as_the_level_at_most(
    sizes: tuple[int, int],
) -> None:
    draw = Random(16)  # noqa: S311
    tries = 3_000
    wrong = sum(
        differ(*([draw.lognormvariate(0, 0.1) for _ in range(size)] for size in sizes))
        for _ in range(tries)
    )
    deviation = sqrt(LEVEL * (1 - LEVEL) / tries)
    assert wrong / tries <= LEVEL + 3 * deviation


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.1, 24])
def test_the_interval_has_the_ratio_as_often_as_it_claims(ratio: float) -> None:
    draw = Random(1947)  # noqa: S311
    tries, covered = 2_000, 0
    for _ in range(tries):
        mine, theirs = ([draw.lognormvariate(0, 0.05) for _ in range(7)] for _ in "ab")
        interval = ratio_interval([ratio * value for value in mine], theirs)
        assert interval
        covered += interval[0] <= ratio <= interval[1]
    assert 1 - LEVEL <= covered / tries < 1


@given(mine=VALUES, theirs=VALUES)
def test_it_is_the_same_from_both_sides(mine: list[float], theirs: list[float]) -> None:
    one, other = ratio_interval(mine, theirs), ratio_interval(theirs, mine)
    assert differ(mine, theirs) is differ(theirs, mine)
    assume(one and other)
    assert one == pytest.approx([1 / end for end in reversed(other or ())])


@given(mine=VALUES, theirs=VALUES, exponent=st.integers(-20, 20))
def test_the_unit_does_not_matter(mine: list[float], theirs: list[float], exponent: int) -> None:
    """Powers of two, which round nothing."""
    scaled = ([value * 2.0**exponent for value in values] for values in (mine, theirs))
    assert ratio_interval(*scaled) == ratio_interval(mine, theirs)


@given(mine=VALUES, theirs=VALUES)
def test_a_smaller_level_is_a_wider_interval(mine: list[float], theirs: list[float]) -> None:
    wide, narrow = (ratio_interval(mine, theirs, level) for level in (0.05, 0.2))
    assume(wide and narrow)
    assert wide
    assert narrow
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


def test_what_has_no_ratio_has_no_interval_or_an_infinite_one() -> None:
    nothing = [0.0] * 5
    assert ratio_interval(nothing, nothing) == (1, 1)
    assert ratio_interval([1.0] * 5, nothing) == (inf, inf)
    assert ratio_interval(nothing, [1.0] * 5) == (0, 0)
    assert ratio_interval([-1.0] * 5, [1.0] * 5) is None
    assert ratio_interval([], [1.0]) is None


@pytest.mark.parametrize("sizes", [(31, 31), (10, 40), (60, 90)])
def test_the_approximation_of_large_samples_is_close(
    sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = _left_out(*sizes, LEVEL)
    monkeypatch.setattr(rank_test, "MOST_EXACT", 0)
    assert _left_out.__wrapped__(*sizes, LEVEL) == pytest.approx(exact, abs=2)


def test_large_samples_are_approximated() -> None:
    values = [1 + nth / 100 for nth in range(101)]
    assert len(values) ** 2 > MOST_EXACT
    assert differ(values, [2 * value for value in values])
    assert not differ(values, values)
