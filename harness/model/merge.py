"""Several runs as one: each payroll from the first run that measured it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callmeter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.cell import Consume, Workload
    from harness.model.run import Header, Measurement, Run

THE_SAME = ("python", "sqlalchemy", "psycopg", "server", "processor", "cores")
"""What the runs' environments must agree on: figures depend on it."""


def merge_runs(runs: Sequence[Run]) -> Run:
    """Return one run with the payrolls of all: those of the second that the first lacks, and so on.

    No figure is of two runs: what is measured of one payroll stays together. Raises UsageError
    where the environments differ.
    """
    first, *others = runs
    for other in others:
        _check_alike(first.header, other.header)
        there = {_what(each) for each in first.measurements}
        more = [each for each in other.measurements if _what(each) not in there]
        left_out = len(other.measurements) - len(more)
        cells = first.header.cells + max(0, other.header.cells - left_out)
        header = msgspec.structs.replace(
            first.header,
            cells=cells,
            command=f"{first.header.command} && {other.header.command}",
            labels=other.header.labels | first.header.labels,
            offers=other.header.offers | first.header.offers,
        )
        first = msgspec.structs.replace(
            first, header=header, measurements=[*first.measurements, *more]
        )
    return first


def _what(measurement: Measurement) -> tuple[Workload, Consume]:
    return measurement.cell.workload, measurement.cell.consume


def _check_alike(one: Header, other: Header) -> None:
    for what in THE_SAME:
        here, there = (header.environment.get(what, "unknown") for header in (one, other))
        if here != there:
            raise UsageError(f"the runs are of different environments: {what} {here} and {there}")
