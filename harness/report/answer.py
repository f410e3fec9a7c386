"""The answer of a comparison in three lines, alike wherever it is given. Pure.

For a repository that needs the ORM, one that needs a list of objects that can be changed, and one
that only reads: the strategy with the lowest peak that can, with its time and its costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.model.cell import Consume
from harness.model.metrics import METRICS, TIME
from harness.model.sample import FEWEST_TIMES, LEAST_RATIO, differ
from harness.model.summary import smallest_first
from harness.report.document import Pairs, Text
from harness.report.format import ALIKE, counted, median_of, smaller, speed
from harness.report.names import short
from harness.report.notes import judged_peak
from harness.report.traits import costs, given_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.run import Header
    from harness.model.summary import Summary
    from harness.report.document import Block

UNKNOWN = "?"
"""A time that too few repeats tell from the reference's."""
ORM, LIST = "keep the ORM", "keep a list of mutable objects"
NEEDS = {ORM: ("orm-mapping",), LIST: ("list", "mutable"), "only read": ()}
"""What a caller may need, and the traits that a strategy must offer for it."""


class Answer(NamedTuple):
    """What somebody needs, and the summary of what does it with the lowest peak of that key."""

    need: str
    traits: tuple[str, ...]
    best: Summary
    peak: str


def blocks(header: Header, found: Sequence[Summary]) -> tuple[Block, ...]:
    """Return the answer to the summaries of one workload; a line that says why there is none."""
    fit = _fit(found)
    if not fit:
        return (Text("Nothing to rank: none was measured."),)
    if answers := choices(header, found):
        lines = tuple((choice.need, _sentence(header, choice)) for choice in answers)
        title = f"Which to choose, for {counted(fit[0].workload.size or 0, 'entry')}:"
        return (Pairs(lines, title=title, is_arrow=True),)
    lines = tuple(_extremes(fit)) if len(fit) > 1 else ()
    return (Pairs(lines, is_arrow=True),) if lines else ()


def choices(header: Header, found: Sequence[Summary]) -> list[Answer]:
    """Return the best strategy for each need; none of functions, of streams or without memory."""
    fit = _fit(found)
    key = judged_peak(fit)
    if key is None or not all(_is_list_of_payroll(summary) for summary in fit):
        return []
    measured = [summary for summary in fit if key in summary.samples]
    return [
        Answer(need, traits, _leanest(able, key), key)
        for need, traits in NEEDS.items()
        if (
            able := [
                summary
                for summary in measured
                if {*traits} <= {*header.offers.get(summary.name, ())}
            ]
        )
    ]


def _leanest(able: Sequence[Summary], key: str) -> Summary:
    """Return the one with the lowest peak; of those as low within the tolerance, the fastest."""
    lowest = smallest_first(able, key)
    limit = lowest[0].samples[key].median * (1 + METRICS[key].tolerance)
    alike = [summary for summary in lowest if summary.samples[key].median <= limit]
    return smallest_first(alike, TIME)[0]


def _sentence(header: Header, answer: Answer) -> str:
    """Return the strategy with its memory, its time and what it costs."""
    best = answer.best
    text = f"{best.name}: {median_of(best, answer.peak)} at its peak"
    if best.is_reference:
        return f"{text}; nothing changes"
    if smaller_than := _beside_reference(best, answer.peak):
        text += f" ({smaller_than})"
    if time := against_reference(best):
        text += f", {f'time {UNKNOWN}' if time == UNKNOWN else time}"
    lost = given_up(header, best.name)
    if lost is None:
        return f"{text}; its costs are unknown"
    return f"{text}; costs: {', '.join(costs(lost)) or 'nothing'}"


def against_reference(one: Summary, key: str = TIME) -> str:
    """Return the time beside the reference's, or as it is where there is no reference.

    Of too few repeats it is known to a factor of LEAST_RATIO; less than that is `UNKNOWN`.
    """
    ratio = one.ratio(key, "reference")
    if one.is_reference or not ratio:
        return median_of(one, key)
    is_different = one.differs(key)
    if is_different is False:
        return ALIKE
    if is_different is None and 1 / LEAST_RATIO < ratio < LEAST_RATIO:
        return UNKNOWN
    words = speed(ratio, one.interval(key))
    return words if is_different else f"{words} {UNKNOWN}"


def _fit(found: Sequence[Summary]) -> list[Summary]:
    return [
        summary
        for summary in found
        if not summary.is_yardstick
        and not summary.error
        and not summary.has_other_count
        and summary.samples
    ]


def _is_list_of_payroll(one: Summary) -> bool:
    return one.workload.is_payroll and one.subject.consume is Consume.HOLD


def _extremes(fit: Sequence[Summary]) -> Iterator[tuple[str, str]]:
    """Yield the leanest and the fastest, where there is no other answer."""
    key = judged_peak(fit)
    if key:
        best = _leanest([summary for summary in fit if key in summary.samples], key)
        parts = (f"{best.name}: {median_of(best, key)}", _beside_reference(best, key))
        yield "least memory", ", ".join(filter(None, parts))
    times = [(summary, sample) for summary in fit if (sample := summary.sample(TIME))]
    if len(times) == len(fit) and all(sample.n >= FEWEST_TIMES for _, sample in times):
        first = smallest_first(fit, TIME)[0]
        text = f"{first.name}: {median_of(first, 'wall')}"
        others = [
            summary.name
            for summary, sample in times
            if summary is not first and not differ(sample, first.samples[TIME])
        ]
        if others:
            text += f"; as fast, within the repeats: {', '.join(others)}"
        yield "least time", text


def _beside_reference(one: Summary, key: str) -> str:
    """Return how much smaller a peak is, and than what: `2.0x smaller than b`, `as b`."""
    ratio = one.ratio(key, "reference")
    if one.is_reference or not ratio:
        return ""
    words, whose = smaller(1 / ratio), short(one.reference_name)
    return f"as {whose}" if words == ALIKE else f"{words} than {whose}"
