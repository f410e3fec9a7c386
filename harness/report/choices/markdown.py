"""For an issue, a pull request or a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.choice import RULE
from harness.base.escape import in_markdown
from harness.report.choices import _grid as grid
from harness.report.choices import _sentences as sentences
from harness.report.choices import _words as say

if TYPE_CHECKING:
    from harness.analysis.decision import Decision


def render(decision: Decision) -> str:
    """Give the answer, the tables, what would change it, and what the figures are worth."""
    parts = [f"**{sentences.asked(decision)}**", "", *_answer(decision), ""]
    if decision.fit:
        parts += ["Fits, best first:", "", grid.fitting(decision.fit, "pipe"), ""]
    if decision.unfit:
        parts += ["Does not fit, nearest first:", "", grid.missing(decision.unfit, "pipe"), ""]
    if changes := sentences.what_changes_it(decision):
        parts += ["What would change the answer, all else equal:", ""]
        parts += [*(f"- `{option}`: {words}." for option, words in changes), ""]
    parts += [f"How it is chosen: {RULE}", "", *(f"- {note}" for note in sentences.notes(decision))]
    return "\n".join(
        [*map(in_markdown, parts), "", f"<sub>{in_markdown(sentences.origin(decision))}</sub>"]
    )


def _answer(decision: Decision) -> list[str]:
    best = decision.best
    if best is None:
        nearest = decision.verdicts[0]
        return [f"**Nothing fits.** Nearest: `{nearest.way.strategy}` {say.misses_by(nearest)}."]
    return [
        f"**Recommended: `{best.way.strategy}`** ({best.way.label}). "
        f"{say.needs_sentence(best)}. {say.gives_up_sentence(best)}.",
        "",
        f"Runner-up: {sentences.runner_up(decision)} {' '.join(sentences.extremes(decision))}",
    ]
