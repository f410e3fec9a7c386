"""Several runs as one: each payroll from the first run that measured it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callmeter.errors import UsageError
from harness.model.run import DRIVER, LIVE_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.cell import Consume, Workload
    from harness.model.run import Header, Measurement, Run

THE_SAME = (
    *("python", "sqlalchemy", "psycopg", "asyncpg", "psycopg2-binary"),
    *("server", "processor", "cores"),
)
"""What the runs' environments must agree on: figures depend on it."""
BY_DEFAULT = {DRIVER: "of each strategy", LIVE_OBJECTS: "0"}
"""What they must agree on too, and what it is where an environment does not name it."""


def merge_runs(runs: Sequence[Run]) -> Run:
    """Return one run with the payrolls of all: those of the second that the first lacks, and so on.

    No figure is of two runs: what is measured of one payroll stays together. Raises UsageError
    where the environments differ.
    """
    first, *others = runs
    for other in others:
        _check_alike(first.header, other.header)
        measured = {_read(measurement) for measurement in first.measurements}
        more = [
            measurement for measurement in other.measurements if _read(measurement) not in measured
        ]
        left_out = len(other.measurements) - len(more)
        cells = first.header.cells + max(0, other.header.cells - left_out)
        header = msgspec.structs.replace(
            first.header,
            cells=cells,
            command=f"{first.header.command} && {other.header.command}",
            labels=other.header.labels | first.header.labels,
            offers=other.header.offers | first.header.offers,
            yardsticks=list(dict.fromkeys([*first.header.yardsticks, *other.header.yardsticks])),
        )
        first = msgspec.structs.replace(
            first, header=header, measurements=[*first.measurements, *more]
        )
    return first


def _read(measurement: Measurement) -> tuple[Workload, Consume]:
    return measurement.cell.workload, measurement.cell.consume


def _check_alike(one: Header, other: Header) -> None:
    if one.reference != other.reference:
        raise UsageError(f"the runs have other references: {one.reference} and {other.reference}")
    for what, by_default in {**dict.fromkeys(THE_SAME, "unknown"), **BY_DEFAULT}.items():
        values = [header.environment.get(what, by_default) for header in (one, other)]
        if len(set(values)) > 1:
            text = " and ".join(values)
            raise UsageError(f"the runs are of different environments: {what} {text}")
