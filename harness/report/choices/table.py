"""For the terminal: the recommendation first, then the evidence; 100 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.choice import RULE
from harness.report import words
from harness.report.choices import _grid as grid
from harness.report.choices import _sentences as sentences
from harness.report.choices import _words as say

if TYPE_CHECKING:
    from harness.analysis.decision import Decision


def render(decision: Decision) -> str:
    """Give the answer, the tables, what would change it, and what the figures are worth."""
    parts = [_wrapped(sentences.asked(decision)), "", *_answer(decision)]
    if decision.fit:
        parts += ["", "Fits, best first:", "", grid.fitting(decision.fit, "simple")]
    if decision.unfit:
        parts += ["", "Does not fit, nearest first:", "", grid.missing(decision.unfit, "simple")]
    if changes := sentences.what_changes_it(decision):
        parts += ["", "What would change the answer, all else equal:"]
        parts += [_wrapped(f"{option:<10}{words}.", 2, 12) for option, words in changes]
    parts += ["", _wrapped(f"How it is chosen: {RULE}", 0, 2), ""]
    parts += [_wrapped(f"- {note}", 0, 2) for note in sentences.notes(decision)]
    return "\n".join([*parts, _wrapped(f"- Run {sentences.origin(decision)}.", 0, 2)])


def _answer(decision: Decision) -> list[str]:
    best = decision.best
    if best is None:
        nearest = decision.verdicts[0]
        return [
            "NOTHING FITS.",
            _wrapped(f"Nearest: {nearest.way.strategy} {say.misses_by(nearest)}.", 0, 2),
        ]
    said = [say.needs_sentence(best), say.gives_up_sentence(best)]
    return [
        f"Recommended: {best.way.strategy}",
        _wrapped(f"{best.way.label}.", 2),
        *(_wrapped(f"{sentence}.", 2) for sentence in said),
        _wrapped(f"Runner-up: {sentences.runner_up(decision)}", 0, 2),
        *sentences.extremes(decision),
    ]


def _wrapped(text: str, first: int = 0, others: int | None = None) -> str:
    """Give the text in lines of 100 columns, with those indents; words stay whole."""
    indents = " " * first, " " * (first if others is None else others)
    return words.wrapped(text, *indents)
