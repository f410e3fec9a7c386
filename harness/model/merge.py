"""Several runs as one: of each payroll, every metric that any of them measured. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from callmeter.errors import UsageError
from harness.model.metrics import TIMED
from harness.model.run import DRIVER, LIVE_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model.cell import Cell
    from harness.model.run import Header, Measurement, Run

THE_SAME = (
    *("python", "sqlalchemy", "psycopg", "asyncpg", "psycopg2-binary"),
    *("server", "processor", "cores"),
)
"""What the runs' environments must agree on: figures depend on it."""
BY_DEFAULT = {DRIVER: "of each strategy", LIVE_OBJECTS: "0", "malloc": "as usual"}
"""What they must agree on too, and what it is where an environment does not name it."""


def merge_runs(runs: Sequence[Run]) -> Run:
    """Return one run with what all have measured: of the second what the first lacks, and so on.

    Raises UsageError where the environments differ.
    """
    first, *others = runs
    parts = first_of_each(runs)
    header = first.header
    for other, part in zip(others, parts[1:], strict=True):
        _check_alike(header, other.header)
        left_out = len(other.measurements) - len(part)
        header = msgspec.structs.replace(
            header,
            cells=header.cells + max(0, other.header.cells - left_out),
            command=f"{header.command} && {other.header.command}",
            labels=other.header.labels | header.labels,
            offers=other.header.offers | header.offers,
            yardsticks=list(dict.fromkeys([*header.yardsticks, *other.header.yardsticks])),
        )
    return msgspec.structs.replace(first, header=header, measurements=[*chain(*parts)])


def first_of_each(runs: Sequence[Run]) -> list[list[Measurement]]:
    """Return the measurements of each run that no run before it has.

    Memory is taken from the first run that measured it of a call on a payroll. The times of a
    payroll are all of the first run that timed it: a ratio of them is never of two runs.
    """
    measured: set[Cell] = set()
    found = []
    for run in runs:
        found.append([one for one in run.measurements if _what(one) not in measured])
        measured |= {_what(one) for one in run.measurements}
    return found


def _what(measurement: Measurement) -> Cell:
    """Return the cell without what differs between its repeats; of a time, without its call."""
    cell = measurement.cell
    name = "" if cell.meter == TIMED else cell.name
    return msgspec.structs.replace(cell, name=name, repeat=0)


def joined(parts: Sequence[Run]) -> Run:
    """Return the run whose cells were measured in those parts, each cell in one of them.

    Raises UsageError where the environments differ.
    """
    first, *others = parts
    for other in others:
        _check_alike(first.header, other.header)
    cells = sum(part.header.cells for part in parts)
    return msgspec.structs.replace(
        first,
        header=msgspec.structs.replace(
            first.header,
            cells=cells,
            yardsticks=list(dict.fromkeys(chain(*(part.header.yardsticks for part in parts)))),
        ),
        measurements=[*chain(*(part.measurements for part in parts))],
    )


def by_stack(runs: Mapping[str, Run]) -> list[dict[str, Run]]:
    """Return the runs in groups that `merge_runs` takes, in the order of their first ones."""
    found: dict[tuple[str, ...], dict[str, Run]] = {}
    for name, run in runs.items():
        values = (value for _, value in _stack(run.header))
        found.setdefault((run.header.reference, *values), {})[name] = run
    return list(found.values())


def _check_alike(one: Header, other: Header) -> None:
    if one.reference != other.reference:
        raise UsageError(f"the runs have other references: {one.reference} and {other.reference}")
    for (what, value), (_, others) in zip(_stack(one), _stack(other), strict=True):
        if value != others:
            raise UsageError(f"the runs are of different environments: {what} {value} and {others}")


def _stack(header: Header) -> Iterator[tuple[str, str]]:
    """Yield what figures depend on of the environment, with its value."""
    for what, by_default in {**dict.fromkeys(THE_SAME, "unknown"), **BY_DEFAULT}.items():
        yield what, header.environment.get(what, by_default)
