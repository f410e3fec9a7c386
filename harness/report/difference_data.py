"""What two runs differ in as data, for scripts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.meters import BYTES, SECONDS, SHARE
from harness.model.cell import kind_of
from harness.report import busy
from harness.report.format import ends_of

if TYPE_CHECKING:
    from harness.analysis.difference import Change, Difference, Missing, Value
    from harness.analysis.gate import Gate
    from harness.model.cell import Subject

UNITS = {BYTES: "B", SECONDS: "x reference", SHARE: "share of wall"}
"""The unit of a compared value, by its metric's: times are compared as ratios."""


def of(difference: Difference, names: tuple[str, str], gate: Gate | None) -> dict[str, Any]:
    """Return the object of `--format json`, whose rows are the lines of a CSV file too."""
    whole: dict[str, Any] = {
        "runs": [
            {
                "name": name,
                "command": run.header.command,
                "environment": run.header.environment,
                "busy": busy.data(run),
            }
            for name, run in zip(names, difference.runs, strict=True)
        ],
        "environment": [
            {"what": what, "from": before, "to": after}
            for what, (before, after) in difference.settings.items()
        ],
        "same_machine": difference.is_same_machine,
        "incomplete": difference.cut_short,
        "rows": [_row(change) for change in difference.changes],
        "only_in": [_missing_row(missing, names) for missing in difference.only_in],
        "failures": [_missing_row(missing, names) for missing in difference.failures],
    }
    return whole | ({"gate": _gate(gate)} if gate else {})


def _missing_row(missing: Missing, names: tuple[str, str]) -> dict[str, Any]:
    subject, run, metric, error = missing
    return {
        "run": names[run],
        **of_subject(subject),
        "metric": metric and metric.key,
        "error": error,
    }


def _gate(gate: Gate) -> dict[str, Any]:
    worse, doubtful = (
        [{**_row(change), "limit": limit.share} for change, limit in found]
        for found in (gate.worse, gate.doubtful)
    )
    limits = [
        {"name": name or None, "metric": metric.key, "limit": share}
        for metric, share, name in gate.limits
    ]
    return {
        "passed": gate.is_passed,
        "limits": limits,
        "worse": worse,
        "doubtful": doubtful,
        "failed": gate.failed,
    }


def _row(change: Change) -> dict[str, Any]:
    return {
        **of_subject(change.subject),
        "metric": change.metric.key,
        "unit": UNITS[change.metric.unit],
        **_side("from", change.before),
        **_side("to", change.after),
        "ratio": change.ratio,
        **ends_of("ratio", change.interval),
        "verdict": change.outcome.value,
    }


def _side(name: str, side: Value) -> dict[str, float]:
    ends = {"": side.median, "_low": side.low, "_high": side.high, "_repeats": side.repeats}
    return {f"{name}{end}": number for end, number in ends.items()}


def of_subject(subject: Subject) -> dict[str, Any]:
    """Return the call, its workload and what is done with the items, as fields."""
    return {
        kind_of([subject.workload]): subject.name,
        "workload": msgspec.to_builtins(subject.workload),
        "consume": subject.consume.value,
    }
