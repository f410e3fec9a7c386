"""One JSON object: both runs, what differs in the environment, every change, the gate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.report.diffs._rows import of_place, row, rows

if TYPE_CHECKING:
    from harness.analysis.difference import Difference
    from harness.analysis.gate import Gate, Worse
    from harness.report.diffs._content import Shown


def render(difference: Difference, shown: Shown) -> str:
    """Give the object; `gate` is there where limits were set."""
    whole: dict[str, Any] = {
        "runs": [
            {"name": name, "command": run.header.command, "environment": run.header.environment}
            for name, run in zip(shown.names, difference.runs, strict=True)
        ],
        "environment": [
            {"what": each.what, "from": each.before, "to": each.after}
            for each in difference.settings
        ],
        "same_machine": difference.is_same_machine,
        "incomplete": difference.cut_short,
        "changes": list(rows(difference)),
        "only_in": [
            {
                "run": shown.names[each.second],
                **of_place(each.place),
                "figure": each.figure.word if each.figure else None,
            }
            for each in difference.only_in
        ],
        "failures": [
            {"run": shown.names[each.second], **of_place(each.place), "error": each.error}
            for each in difference.failures
        ],
    }
    if shown.gate:
        whole["gate"] = _gate(shown.gate)
    return json.dumps(whole, indent=2)


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "passed": gate.is_passed,
        "limits": {limit.figure.word: limit.share for limit in gate.limits},
        "worse": [_worse(each) for each in gate.worse],
        "doubtful": [_worse(each) for each in gate.doubtful],
        "failed": gate.failed,
    }


def _worse(each: Worse) -> dict[str, Any]:
    return {**row(each.change), "limit": each.limit.share}
