"""The answer of a comparison in three lines, alike wherever it is given. Pure.

For a repository that needs the ORM, one that needs a list of objects that can be changed, and one
that only reads: the strategy with the lowest peak that can, with its time and its costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callmeter.units import format_bytes, format_seconds
from harness.model.cell import Consume
from harness.model.metrics import METRICS, judged_by
from harness.model.summary import FEWEST_TIMES, smallest_first
from harness.report.document import Pairs, Text
from harness.report.format import ALIKE, faster, short, smaller
from harness.report.traits import costs, given_up

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.model.run import Header
    from harness.model.summary import Summary
    from harness.report.document import Block

NEEDS = {
    "keep the ORM": ("orm-mapping",),
    "keep a list of mutable objects": ("list", "mutable"),
    "only read": (),
}
"""What a caller may need, and the traits that a strategy must offer for it."""


class Answer(NamedTuple):
    """What somebody needs, and the summary of what does it in the least memory."""

    need: str
    traits: tuple[str, ...]
    best: Summary


def blocks(header: Header, found: Sequence[Summary]) -> tuple[Block, ...]:
    """Return the answer to the summaries of one workload; a line that says why there is none."""
    if not _fit(found):
        return (Text("Nothing to rank: none was measured."),)
    answers = choices(header, found)
    if answers:
        lines = tuple((each.need, sentence(header, each.best)) for each in answers)
        return (Pairs(lines, title=_title(found), is_arrow=True),)
    lines = tuple(_extremes(_fit(found)))
    return (Pairs(lines, is_arrow=True),) if lines else ()


def choices(header: Header, found: Sequence[Summary]) -> list[Answer]:
    """Return the best strategy for each need; none of functions, of streams or without memory."""
    fit = _fit(found)
    key = judged_by(key for each in fit for key in each.samples)
    if key is None or any(not _is_list_of_payroll(each) for each in fit):
        return []
    answers = []
    for need, traits in NEEDS.items():
        able = [
            each
            for each in fit
            if each.value(key) is not None and _offers(header, each.name, traits)
        ]
        if able:
            answers.append(Answer(need, traits, leanest(able, key)))
    return answers


def leanest(able: Sequence[Summary], key: str) -> Summary:
    """Return the one with the lowest peak; of those as low within the tolerance, the fastest."""
    lowest = smallest_first(able, key)
    limit = (lowest[0].value(key) or 0.0) * (1 + METRICS[key].tolerance)
    alike = [each for each in lowest if (each.value(key) or 0.0) <= limit]
    return smallest_first(alike, "wall")[0]


def sentence(header: Header, best: Summary) -> str:
    """Return the strategy with its memory, its time and what it costs."""
    key = judged_by(best.samples) or "peak"
    text = f"{best.name}: {format_bytes(best.value(key) or 0.0)} at its peak"
    if best.is_reference:
        return f"{text}; nothing changes"
    reference = short(header.reference)
    if ratio := best.ratio(key, "reference"):
        text += f" ({against(smaller(1 / ratio), reference)})"
    if time := against_reference(best):
        text += f", {time}"
    lost = given_up(header, best.name)
    if lost is None:
        return f"{text}; its costs are unknown"
    return f"{text}; costs: {', '.join(costs(lost)) or 'nothing'}"


def against_reference(one: Summary) -> str:
    """Return the time beside the reference's, or as it is where there is no reference."""
    wall, ratio = one.value("wall"), one.ratio("wall", "reference")
    if wall is None:
        return ""
    if one.is_reference or not ratio:
        return format_seconds(wall)
    apart = one.is_told_apart("wall")
    if apart is False:
        return ALIKE
    return faster(1 / ratio) + (" ?" if apart is None else "")


def _title(found: Sequence[Summary]) -> str:
    size = found[0].workload.size
    return f"Which to choose, for {size:,} entries:" if size else "Which to choose:"


def _fit(found: Sequence[Summary]) -> list[Summary]:
    return [
        each
        for each in found
        if not each.is_yardstick and not each.error and not each.has_other_count and each.samples
    ]


def _is_list_of_payroll(one: Summary) -> bool:
    return one.workload.is_payroll and one.subject.consume is Consume.HOLD


def _offers(header: Header, name: str, traits: Collection[str]) -> bool:
    offers = header.offers.get(name)
    return not traits or (offers is not None and all(trait in offers for trait in traits))


def _extremes(fit: list[Summary]) -> Iterator[tuple[str, str]]:
    """Yield the leanest and the fastest, of more than one."""
    if len(fit) == 1:
        return
    key = judged_by(key for each in fit for key in each.samples)
    if key and (measured := [each for each in fit if each.value(key) is not None]):
        best = leanest(measured, key)
        ratio = best.ratio(key, "reference")
        text = f"{best.name}: {format_bytes(best.value(key) or 0.0)}"
        than = short(best.reference_name)
        if ratio and not best.is_reference:
            text += f", {against(smaller(1 / ratio), than)}"
        yield "least memory", text
    timed = [each for each in fit if (s := each.sample("wall")) and s.n >= FEWEST_TIMES]
    if len(timed) == len(fit):
        first = smallest_first(timed, "wall")[0]
        others = [each.name for each in timed if each is not first and _is_as_fast(each, first)]
        text = f"{first.name}: {format_seconds(first.value('wall') or 0.0)}"
        if others:
            text += f"; not told apart from it: {', '.join(others)}"
        yield "least time", text


def against(words: str, whose: str) -> str:
    """Return a ratio in words and what it is to: `2.0x smaller than b`, `alike, as b`."""
    return f"as {whose}" if words == ALIKE else f"{words} than {whose}"


def _is_as_fast(one: Summary, first: Summary) -> bool:
    mine, best = one.samples["wall"].range, first.samples["wall"].range
    return mine[0] <= best[1] and best[0] <= mine[1]
