"""What a stack moved, in the words of an answer and in the cell of a table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.meters import SECONDS, SHARE
from harness.analysis.difference import Outcome
from harness.analysis.stacks import tally
from harness.model.metrics import TIME
from harness.report.format import ALIKE, TOO_FEW, points, speed, tenths, whole_percent
from harness.report.names import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.analysis.difference import Change

AS_BEFORE, UNDECIDED, NOT_MEASURED = "=", "?", "-"
MUCH = 2.0
"""The ratio from which a change is shown as one, and not in percent."""
FEW = 2
"""Calls up to which an answer names each, and does not count them."""


def clause(key: str, changes: Iterable[Change], reference: str) -> str:
    """Return what a metric did: of a few calls each, of many the reference and how many."""
    what = "time" if key == TIME else "peak"
    found = [
        change
        for change in changes
        if change.metric.key == key and not change.before.summary.is_yardstick
    ]
    if not found:
        return f"{what} not compared"
    named = found if len(found) <= FEW else [one for one in found if one.subject.name == reference]
    parts = [f"{short(one.subject.name)} {_in_words(one)}" for one in named[:FEW]]
    counts = [_counts(found)] if len(found) > FEW else []
    return f"{what} of {', '.join([*parts, *counts])}"


def _counts(changes: Sequence[Change]) -> str:
    """Return `3 of 19 less (3.1% to 12.0%), 16 as before`, or `all 19 as before`."""
    found = tally(changes)
    is_time = changes[0].metric.unit == SECONDS
    words = ("faster", "slower") if is_time else ("less", "more")
    parts = [
        (len(group), f"{word} ({_amounts(group)})")
        for group, word in zip((found.less, found.more), words, strict=True)
        if group
    ]
    parts += [(len(found.alike), "as before")] if found.alike else []
    parts += [(len(found.undecided), TOO_FEW)] if found.undecided else []
    if len(parts) == 1:
        return f"all {found.count} {parts[0][1]}"
    first, *others = (f"{count} {text}" for count, text in parts)
    return ", ".join([first.replace(" ", f" of {found.count} ", 1), *others])


def _amounts(group: Sequence[Change]) -> str:
    """Return the smallest and the largest amount, of changes whose largest is first."""
    ends = (_in_words(change).rpartition(" ")[0] for change in (group[-1], group[0]))
    return " to ".join(dict.fromkeys(ends))


def _in_words(change: Change) -> str:
    """Return `4.0% less`, `about 1.2x faster`, `as before` or `undecided`."""
    if change.outcome is not Outcome.CHANGED:
        return "as before" if change.outcome is Outcome.ALIKE else TOO_FEW
    if change.metric.unit != SECONDS or not change.ratio:
        word = "less" if change.after.median < change.before.median else "more"
        return f"{_amount(change).lstrip('+-')} {word}"
    words = speed(change.ratio, change.interval)
    if words != ALIKE:
        return words
    return f"{_amount(change).lstrip('+-')} {'faster' if change.ratio < 1 else 'slower'}"


def _amount(change: Change) -> str:
    """Return how far it moved: of shares in points, else `-4.0%`, `+12%`, `2.3x`."""
    if change.metric.unit == SHARE:
        moved = change.after.median - change.before.median
        return f"{'+' if moved > 0 else '-'}{points(abs(moved))}"
    if change.ratio is None:
        return "from 0"
    if change.ratio >= MUCH:
        return f"{change.ratio:.1f}x"
    share = abs(change.ratio - 1)
    text = whole_percent(share) if change.metric.unit == SECONDS else tenths(share)
    return f"{'+' if change.ratio > 1 else '-'}{text}"


def cell(change: Change | None, *, every: bool) -> str:
    """Return the change for a table; with `every`, how far it is within the noise too."""
    if change is None:
        return NOT_MEASURED
    if change.outcome is Outcome.CHANGED:
        return _amount(change)
    sign = AS_BEFORE if change.outcome is Outcome.ALIKE else UNDECIDED
    return f"{sign} ({_amount(change)})" if every else sign
