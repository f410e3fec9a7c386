"""A summary for a pull request or a CI job: the verdict first, then what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.difference import Verdict
from harness.base.escape import in_markdown
from harness.report.diffs import _content as content
from harness.report.diffs import _verdict
from harness.report.reports.table import aligned

if TYPE_CHECKING:
    from harness.analysis.difference import Change, Difference


def render(difference: Difference, shown: content.Shown) -> str:
    """Give the gate's verdict, the settings, a table a payroll, and what only one run has."""
    before, after = shown.names
    parts: list[str] = []
    if shown.gate:
        parts += [f"**{_verdict.heading(shown.gate)}**", ""]
        parts += [*(f"- {line}" for line in _verdict.lines(shown.gate)), ""]
    parts += [f"`{before}` -> `{after}`", ""]
    found = content.settings(difference) or [content.same_environment(difference)]
    parts += [*(f"- {line}" for line in found), ""]
    for title, changes in content.by_payroll(difference).items():
        parts += [f"**{title}**", "", *_section(difference, changes, shown), ""]
    parts += [*(f"- {line}" for line in content.missing(difference, shown)), ""]
    notes = " ".join(content.legend(difference)).replace("\n", " ").replace("* abs", "\\* abs")
    return "\n".join(
        [
            *map(in_markdown, content.without_double_blanks(parts)),
            f"<sub>{in_markdown(notes)}</sub>",
        ]
    )


def _section(difference: Difference, changes: list[Change], shown: content.Shown) -> list[str]:
    found = [each for each in changes if shown.every or each.verdict is Verdict.CHANGED]
    headings, cells = content.table(difference, found)
    if shown.every:
        headings = [*headings, "which is"]
        cells = [[*row, each.verdict.value] for row, each in zip(cells, found, strict=True)]
    parts = [aligned(headings, cells, "pipe", text_columns=2)] if found else []
    parts = parts or ["Nothing changed by more than the noise of both runs."]
    if not shown.every:
        rest = [f"- within the noise: {line}" for line in content.alike(changes)]
        rest += [f"- cannot be told: {line}" for line in content.unknown(changes)]
        parts += ["", *rest] if rest else []
    return parts
