"""A run laid beside another one as data, for scripts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.meters import SECONDS
from harness.model.cell import kind_of
from harness.report.format import ends_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.analysis.difference import Change
    from harness.model.run import Run

    Changes = Mapping[str, Change]
    """Those of one strategy, by the metric's key."""


def of(
    groups: Iterable[Sequence[Changes]], mine: tuple[str, Run], other: tuple[str, Run]
) -> dict[str, Any]:
    """Return the object of `--format json`, whose rows are the lines of a CSV file too."""
    return {
        "runs": [
            {"name": name, "command": run.header.command, "environment": run.header.environment}
            for name, run in (mine, other)
        ],
        "rows": [_row(row) for rows in groups for row in rows],
    }


def _row(row: Changes) -> dict[str, Any]:
    one = next(iter(row.values()))
    workload = one.subject.workload
    return {
        kind_of([workload]): one.subject.name,
        "workload": {
            **msgspec.to_builtins(workload),
            "consume": one.subject.consume.value,
        },
        "metrics": {
            key: {
                "mine": change.after.median,
                "theirs": change.before.median,
                "unit": _unit(change),
                "ratio": change.ratio,
                **ends_of("ratio", change.interval),
                "verdict": change.outcome.value,
            }
            for key, change in row.items()
        },
    }


def _unit(change: Change) -> str:
    if change.metric.unit == SECONDS:
        return "x reference"
    return "B" if change.after.whole == 1.0 else "x floor"
