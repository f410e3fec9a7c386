"""For a README: the answer of a run in one small picture, `peak | 0.55x floor, thin_objects`.

Of strategies it is the leanest that returns a list of mutable objects, which most callers can take
without a change, relative to the floor: a ratio holds on other stacks, where bytes do not. Of
the user's functions it is the peak of the one that needs most: what a container must hold.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from harness.base.escape import printable
from harness.model.metrics import METRICS
from harness.model.summary import by_workload, smallest_first
from harness.report import answer, notes
from harness.report.charts.palette import INK, MEASURES, QUIET
from harness.report.comparison import shown_first
from harness.report.format import median_of, times
from harness.report.names import short, title_of_group
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Document

LABEL = "peak"
LONGEST = 48
"""Characters of the answer, after which it is cut."""
HEIGHT, PADDING, CHARACTER = 20, 6, 6.6
"""Pixels; those of a character are about what Verdana takes, and each text is fitted to them."""
FONT = "Verdana,DejaVu Sans,sans-serif"


class Shown(NamedTuple):
    """What the badge has: the answer, the sentence for who does not see it, and its colour."""

    answer: str
    sentence: str
    colour: str = MEASURES[0]


def write(document: Document, width: int) -> str:  # noqa: ARG001 (its width is that of its texts)
    """Return the SVG; raises UsageError without a run.

    Its colours are opaque, so that light and dark pages show it alike, and have a contrast of 4.5:1
    or more with the text (WCAG 1.4.3).
    """
    shown = _shown(document.drawn_run("badge"))
    text = printable(shown.answer)
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    left, right = (_width(part) + 2 * PADDING for part in (LABEL, text))
    sentence = printable(f"{LABEL}: {shown.sentence}")
    whole = ceil(left + right)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" '
            f'viewBox="0 0 {whole} {HEIGHT}" role="img" aria-label={quoteattr(sentence)}>'
            f"<title>{escape(sentence)}</title>",
            _part(0, left, LABEL, QUIET),
            _part(left, whole - left, text, shown.colour),
            "</svg>",
        )
    )


def _shown(run: Run) -> Shown:
    groups = by_workload(run)
    if not groups:
        return Shown("not measured", "nothing was measured", INK)
    measured = [where for where, found in groups.items() if any(one.samples for one in found)]
    found = groups[shown_first(measured or list(groups))]
    failed = [one for one in found if one.error]
    context = [title_of_group(found), ran_on(run), *filter(None, [notes.cut_short(run)])]
    context += [f"{one.name} failed: {one.error}" for one in failed]
    best = _chosen(run, found)
    if best is None:
        what = f"{short(failed[0].name)} failed" if failed else "not measured"
        return Shown(what, "; ".join([what, *context]), INK)
    one, key = best
    ratio = one.ratio(key, "floor")
    size = median_of(one, key)
    name = f", {short(one.name)}" if ratio or _are_several(found) else ""
    text = f"{times(ratio)} floor{name}" if ratio else f"{size}{name}"
    sentence = [f"{one.name} needs {size}{f', {times(ratio)} the floor' if ratio else ''}"]
    return Shown(text, "; ".join([*sentence, METRICS[key].title, *context]))


def _chosen(run: Run, found: Sequence[Summary]) -> tuple[Summary, str] | None:
    """Return what is shown, with the key of its peak; None where no peak was measured."""
    for choice in answer.choices(run.header, found):
        if choice.need == answer.LIST:
            return choice.best, choice.peak
    able = [one for one in found if not one.is_yardstick and not one.error]
    key = notes.judged_peak(able)
    known = smallest_first([one for one in able if key in one.samples], key) if key else []
    if not key or not known:
        return None
    is_of_payrolls = known[0].workload.is_payroll
    return known[0 if is_of_payrolls else -1], key


def _are_several(found: Sequence[Summary]) -> bool:
    return sum(not one.is_yardstick for one in found) > 1


def _part(start: float, width: float, text: str, colour: str) -> str:
    """Return a rectangle with its text, fitted to it whatever font there is."""
    return (
        f'<rect x="{start:.1f}" width="{width:.1f}" height="{HEIGHT}" fill="{colour}"/>'
        f'<text x="{start + PADDING:.1f}" y="14" fill="#ffffff" font-family="{FONT}" '
        f'font-size="11" textLength="{_width(text):.1f}" lengthAdjust="spacingAndGlyphs" '
        f'aria-hidden="true">{escape(text)}</text>'
    )


def _width(text: str) -> float:
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return CHARACTER * (len(text) + wide)
