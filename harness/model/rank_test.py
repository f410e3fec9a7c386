"""Whether two samples of times differ: an exact rank test, and the interval of their ratio. Pure.

The samples are compared pair by pair: every value of one with every value of the other. Under the
assumption that both come from one distribution, whatever its shape, how many of the pairs the first
sample wins (U, of H. B. Mann and D. R. Whitney, 1947) depends on the order of the values alone, and
each order is as likely as any other. What is counted is exact; nothing is assumed of the noise of
times, whose tails are long.

Turned round, the test is an interval of the ratio of the two: all factors by which one sample may
be multiplied without the test calling it different. Its ends are two of the sorted ratios of the
pairs (J. L. Hodges and E. L. Lehmann, 1963; there of differences, which logarithms of ratios are).
So the two are one thing: the times differ if and only if the interval excludes 1. Values that are
equal count as not different, which makes the test with ties more careful, never less.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from math import comb, floor, inf, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.05
"""How often two samples of one distribution may be called different."""
MOST_EXACT = 10_000
"""Pairs up to which the distribution of U is counted, in well under a second.

Beyond, as for 100 values each, the normal approximation of it is as good.
"""


def ratio_interval(
    mine: Sequence[float], theirs: Sequence[float], level: float = LEVEL
) -> tuple[float, float] | None:
    """Return the interval of the ratio of my times to theirs, at the confidence of 1 - `level`.

    None where the samples are too small to have one, as 3 and 3 values at 5%, or where a value is
    negative, of which there are no ratios. A ratio to 0 is infinite, but that of 0 to 0 is 1.
    """
    if min(*mine, *theirs, 0) < 0:
        return None
    left_out = _left_out(*sorted((len(mine), len(theirs))), level)
    if not left_out:
        return None
    ratios = sorted(quotient(one, other) for one in mine for other in theirs)
    return ratios[left_out - 1], ratios[-left_out]


def excludes_one(interval: tuple[float, float]) -> bool:
    """Whether the two times whose ratio lies there differ."""
    low, high = interval
    return not low <= 1 <= high


def quotient(one: float, other: float) -> float:
    """Return one time over another: 1 where both are the same, and infinite over 0."""
    if one == other:
        return 1.0
    return one / other if other else inf


@lru_cache
def _left_out(fewer: int, more: int, level: float) -> int:
    """Return the place of the interval's lower end among the sorted ratios, from 1; 0 for none.

    U is smaller than that with a probability of half the level at most.
    """
    pairs = fewer * more
    if pairs > MOST_EXACT:
        deviation = sqrt(pairs * (fewer + more + 1) / 12)
        return max(0, floor(pairs / 2 + 0.5 + NormalDist().inv_cdf(level / 2) * deviation))
    most = comb(fewer + more, fewer) * level / 2
    return sum(orders <= most for orders in accumulate(_orders(fewer, more)))


def _orders(fewer: int, more: int) -> list[int]:
    """Return in how many orders of two samples U is 0, 1, 2 and so on.

    Its generating function is the Gaussian binomial coefficient: the product of
    (1 - q^(more + n)) / (1 - q^n) for each n up to `fewer`.
    """
    pairs = fewer * more
    counts = [1, *[0] * pairs]
    for nth in range(1, fewer + 1):
        for u in range(pairs, more + nth - 1, -1):
            counts[u] -= counts[u - more - nth]
        for u in range(nth, pairs + 1):
            counts[u] += counts[u - nth]
    return counts
