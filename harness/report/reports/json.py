"""One JSON object: what the run ran on, and a list `rows` with units in the names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from harness.model.compare import incomplete
from harness.report.reports import _content as content
from harness.report.reports import _layers as layers

if TYPE_CHECKING:
    from harness.model.run import Run


def render(run: Run, options: content.Options) -> str:
    """Give the object; a figure that was not measured is null."""
    rows = [row for _, rows in content.by_payroll(run, options) for row in rows]
    whole: dict[str, object] = {
        "environment": run.header.environment,
        "command": run.header.command,
        "incomplete": incomplete(run),
        "rows": [{**row, "workload": msgspec.to_builtins(row["workload"])} for row in rows],
    }
    if explanations := [_explanation(each) for each in layers.explained(run)]:
        whole["explanations"] = explanations
    return json.dumps(whole, indent=2)


def _explanation(each: layers.Explained) -> dict[str, object]:
    return {
        "strategy": each.strategy,
        "entries": each.entries,
        "peak_bytes": each.explanation.peak,
        "retained_bytes": each.explanation.retained,
        "peak_places": each.explanation.peak_places,
        "retained_places": each.explanation.retained_places,
        "census": [kind._asdict() for kind in each.explanation.census],
    }
