"""Tables for the terminal: what differs in the environment first, then what changed."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from harness.analysis.difference import Verdict
from harness.report.diffs import _content as content
from harness.report.diffs import _verdict
from harness.report.reports.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.difference import Change, Difference

WIDTH = 100


def render(difference: Difference, shown: content.Shown) -> str:
    """Give the settings, a section a payroll, what only one run has, and the gate's verdict."""
    before, after = shown.names
    parts = [f"from  {before}", f"to    {after}", ""]
    if found := content.settings(difference):
        parts += ["Environment, what differs:", *(f"  {line}" for line in found)]
    else:
        parts.append(content.same_environment(difference))
    for title, changes in content.by_payroll(difference).items():
        parts += ["", title, *_section(difference, changes, shown)]
    parts += ["", *_wrapped(content.missing(difference, shown)), "", *content.legend(difference)]
    if shown.gate:
        parts += ["", *_wrapped(_verdict.lines(shown.gate)), _verdict.heading(shown.gate)]
    return "\n".join(content.without_double_blanks(parts)).rstrip("\n")


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [
        fill(line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for line in lines
    ]


def _section(difference: Difference, changes: list[Change], shown: content.Shown) -> list[str]:
    parts = _table("Changed, by more than the noise of both:", difference, changes, Verdict.CHANGED)
    parts = parts or ["", "Nothing changed by more than the noise of both runs."]
    for heading, verdict, summary in (
        ("Within the noise", Verdict.ALIKE, content.alike),
        ("Cannot be told", Verdict.UNKNOWN, content.unknown),
    ):
        if shown.every:
            parts += _table(f"{heading}:", difference, changes, verdict)
        elif lines := summary(changes):
            parts += ["", f"{heading} (--all shows them):", *(f"  {line}" for line in lines)]
    return parts


def _table(
    heading: str, difference: Difference, changes: list[Change], verdict: Verdict
) -> list[str]:
    found = [change for change in changes if change.verdict is verdict]
    if not found:
        return []
    return ["", heading, "", aligned(*content.table(difference, found), text_columns=2)]
