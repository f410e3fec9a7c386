"""Comma-separated values: a line for each strategy and payroll, units in the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.escape import as_csv
from harness.report.reports import _content as content
from harness.report.reports import _layers as layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.compare import Row
    from harness.model.run import Run


def render(run: Run, options: content.Options) -> str:
    """Give a heading line and the rows; a figure that was not measured is empty."""
    rows = [_plain(row) for _, rows in content.by_payroll(run, options) for row in rows]
    if layers.only_explained(run):
        rows = list(_layers(run))
    names = dict.fromkeys(name for row in rows for name in row)
    return as_csv(names, rows)


def _plain(row: Row) -> Row:
    """Return the row without its workload, whose every part is a field of its own."""
    return {name: value for name, value in row.items() if name != "workload"}


def _layers(run: Run) -> Iterator[dict[str, object]]:
    for each in layers.explained(run):
        for moment in layers.MOMENTS:
            for layer, size in layers.bytes_of(each, moment).items():
                yield {
                    "strategy": each.strategy,
                    "moment": moment,
                    "layer": layer,
                    "bytes": size,
                    "bytes_per_entry": size / each.entries,
                }
