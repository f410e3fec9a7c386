"""How numbers, ratios and lists are written, wherever they are shown. Pure.

A ratio of times has as many digits as are known. It has two where the ends of its interval, at a
confidence of 95%, are no more than one off in the second digit when they are rounded to it: `24x`
if they are 23x and 25x. Otherwise it is `about` the number of one digit, `about 20x`, if that lies
in the interval; if not, of two, `about 24x`. Without an interval it has two digits. In a column of
a screen, `about` is `~`.
"""

from __future__ import annotations

from math import floor, inf, isfinite, log10
from textwrap import fill
from typing import TYPE_CHECKING

from callmeter.meters import BYTES, SECONDS, SHARE
from callmeter.units import digits, format_bytes, format_seconds, unit_of
from harness.model.cell import plural
from harness.model.metrics import METRICS
from harness.model.sample import FEWEST_TIMES, LEAST_RATIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callmeter.meters import Metric
    from callmeter.units import Units
    from harness.model.summary import Summary

Interval = tuple[float, float]
TOO_MANY = 1000
"""Times above which a ratio means no more than that one of the two is next to nothing."""
WIDEST_HEADING = 16
ABOUT = "about "
ALIKE = "alike"
"""Two figures that differ by no more than their repeats do, or by less than 5%."""
RANK_TEST = "an exact rank test at 5%"
TOO_FEW = f"undecided, with fewer than {FEWEST_TIMES} repeats"
SHOWN_UNIT = {BYTES: ("MB", 1e-6), SECONDS: ("ms", 1e3)}
"""The unit of a column of a metric's values, and how many of it the metric's own unit is."""


def value(metric: Metric, number: float) -> str:
    """Return a metric's value with its unit, to three digits: `2.31 MB`, `1.23 s`, `43%`."""
    if metric.unit == BYTES:
        return format_bytes(number)
    if metric.unit == SECONDS:
        return format_seconds(number)
    return percent(number) if metric.unit == SHARE else f"{digits(number)} {metric.unit}"


def heading(metric: Metric) -> str:
    """Return the heading of a column of the metric's values, in lines of up to 16 characters."""
    unit = f" {SHOWN_UNIT[metric.unit][0]}" if metric.unit in SHOWN_UNIT else ""
    return fill(metric.title + unit, WIDEST_HEADING)


def cell(metric: Metric, number: float) -> str:
    """Return a value in the unit of the metric's column."""
    if metric.unit == SHARE:
        return percent(number)
    return figure(number * SHOWN_UNIT.get(metric.unit, ("", 1))[1])


def figure(number: float) -> str:
    """Return a number to three digits, those before the point whole, two after it at most."""
    if 0 < abs(number) < 0.005:
        return digits(number)
    places = 0 if abs(number) >= 99.95 else 1 if abs(number) >= 9.995 else 2
    return f"{number:,.{places}f}"


def median_of(one: Summary, key: str | None) -> str:
    """Return the summary's median of the metric, with its unit; "" where it has none."""
    number = one.value(key) if key else None
    return "" if key is None or number is None else value(METRICS[key], number)


def an_item(size: float, items: int) -> str:
    """Return how many bytes that is an item: `17,567`."""
    return f"{size / items:,.0f}"


def times(ratio: float, interval: Interval | None = None) -> str:
    """Return a ratio, and its interval if it has one: `7.60x`, `115x`, `0.50x, 0.482-0.511`."""
    text = f"{digits(ratio)}x" if ratio >= 100 else f"{ratio:.2f}x"
    return f"{text}, {'-'.join(map(digits, interval))}" if interval else text


def ends_of(name: str, interval: Interval | None) -> dict[str, float | None]:
    """Return the ends as fields for scripts; None for one that is not known, or infinite."""
    low, high = interval or (inf, inf)
    return {
        f"{name}_{which}": end if isfinite(end) else None
        for which, end in (("low", low), ("high", high))
    }


def smaller(ratio: float) -> str:
    """Return how many times smaller: `2.0x smaller`, `1.1x larger`, `alike` within 5%."""
    return _in_words(ratio, "smaller", "larger")


def faster(ratio: float, interval: Interval | None = None) -> str:
    """Return how many times faster, in the digits that the interval of the ratio allows.

    `2.0x faster`, `about 20x faster`, `1.1x slower`, `alike` within 5%.
    """
    return _in_words(ratio, "faster", "slower", interval)


def speed(ratio: float, interval: Interval | None) -> str:
    """Return how much faster something is that takes so many times as long.

    Without an interval, as of too few repeats, the ratio is known roughly.
    """
    return faster(1 / ratio, inverse(interval or roughly(ratio)))


def in_column(words: str) -> str:
    """Return the words on a ratio of times as a column has room for them: `~20x faster`."""
    return words.replace(ABOUT, "~")


def roughly(ratio: float) -> Interval:
    """Return the interval of a ratio of times that too few repeats have none of."""
    return ratio / LEAST_RATIO, ratio * LEAST_RATIO


def inverse(interval: Interval) -> Interval:
    """Return the interval of the ratio the other way round."""
    low, high = (1 / end if end else inf for end in interval)
    return high, low


def _in_words(ratio: float, more: str, less: str, interval: Interval | None = None) -> str:
    if ratio <= 0:  # one of the two is nothing, or less
        return "no ratio"
    if round(ratio, 1) == 1:
        return ALIKE
    number, word, ends = ratio, more, interval
    if ratio < 1:
        number, word, ends = 1 / ratio, less, interval and inverse(interval)
    if number > TOO_MANY:
        return f"over {TOO_MANY:,}x {word}"
    return f"{_as_known(number, ends or (number, number))} {word}"


def _as_known(number: float, interval: Interval) -> str:
    """Return a number from 1 on to two digits or, about, to one."""
    low, high = interval
    unit = 10.0 ** (floor(log10(number)) - 1)
    one, two = (round(number / step) * step for step in (10 * unit, unit))
    is_known = two - 1.5 * unit < low and high < two + 1.5 * unit
    if not is_known and low <= one <= high:
        return f"{ABOUT}{one:.0f}x"
    return f"{'' if is_known else ABOUT}{two:.{1 if two < 10 else 0}f}x"


def percent(share: float) -> str:
    """Return a share: `43%`, `0.61%`."""
    return f"{share * 100:.2g}%" if 0 < abs(share) < 0.01 else whole_percent(share)


def whole_percent(share: float) -> str:
    """Return a share where a column of them is read: `43%`, `1%`."""
    return f"{share:.0%}"


def tenths(share: float) -> str:
    """Return how far something is off, in tenths of a percent: `26.6%`, `0.1%`."""
    return f"{share:.1%}"


def points(share: float) -> str:
    """Return the difference of two shares: `4 points`."""
    return f"{share * 100:.0f} points"


def limit(share: float) -> str:
    """Return a limit as it was given, to three digits: `5%`, `0.5%`, `2.5%`."""
    return f"{share * 100:.3g}%"


def margin(share: float) -> str:
    """Return a margin: `+-2%`, `+-0.5%`; one that is as large as the value is no more than that."""
    if share >= 1:
        return "+-100% or more"
    return f"+-{whole_percent(share) if share >= 0.0095 else tenths(share)}"


def exactly(number: float, units: Units) -> str:
    """Return a figure as it was given, to three decimals: `256 MB`, `1.5 s`."""
    one, unit = unit_of(number, units)
    return f"{number / one:,.3f}".rstrip("0").rstrip(".") + f" {unit}"


def count(number: float) -> str:
    """Return a number of entries to three digits: `83,200`."""
    return f"{float(f'{number:.2e}'):,.0f}"


def counted(number: int, thing: str) -> str:
    """Return `1 strategy`, `3 strategies`."""
    many = f"{thing[:-1]}ies" if thing.endswith("gy") else plural(thing, number)
    return f"{number:,} {thing if number == 1 else many}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end
