"""The headline figures of one run, each with its repeats' range, as two runs compare them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.model.compare import gc_shares, groups_of, range_of, rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from harness.model.compare import Row
    from harness.model.run import Measurement, Run
    from harness.runner.plan import Workload


class Figure(NamedTuple):
    """A headline figure: its word on a command line, its title, its field, its meter.

    `slack` is a change, in the unit of the side's value, that is noise whatever the ratio says.
    """

    word: str
    title: str
    field: str
    meter: str
    slack: float = 0.0

    @property
    def is_memory(self) -> bool:
        """Whether it is bytes."""
        return self.field.endswith("_bytes")

    @property
    def is_share(self) -> bool:
        """Whether it is a share of the wall time, and needs no reference."""
        return self.field == "gc_share"


ARENA = 2**20  # bytes that the allocator takes from the system at once
FIGURES = (
    Figure("delta", "delta", "delta_bytes", "tracemalloc"),
    Figure("peak", "peak", "peak_bytes", "tracemalloc"),
    Figure("all-delta", "delta of all", "allocator_delta_bytes", "allocator"),
    Figure("all-peak", "peak of all", "allocator_peak_bytes", "allocator"),
    Figure("rss", "RSS peak", "rss_peak_bytes", "rss", ARENA),
    Figure("time", "wall time", "wall_seconds", "clock"),
    Figure("cpu", "CPU time", "cpu_seconds", "clock"),
    Figure("gc", "GC's share", "gc_share", "clock", 0.10),
)


class Side(NamedTuple):
    """A figure in one run: its median, where its repeats lie, and how many there are.

    In bytes; for times, times the reference's; for shares, a share of the wall time. `seconds` is
    the absolute median of a time, and `reference`, whose time it is a ratio to; `x_floor`, the
    ratio to the floor of a memory figure; `items`, how many there are.
    """

    value: float
    low: float
    high: float
    repeats: int
    seconds: float | None = None
    x_floor: float | None = None
    reference: str = ""
    items: int | None = None


class Place(NamedTuple):
    """A strategy at a payroll, and what is done with the entries."""

    workload: Workload
    consume: str
    strategy: str


def rows_by_place(run: Run) -> dict[Place, Row]:
    """Give the run's rows, by strategy and payroll."""
    return {Place(row["workload"], row["consume"], row["strategy"]): row for row in rows(run)}


def sides_of(run: Run, figures: Collection[Figure]) -> Iterator[tuple[tuple[Place, Figure], Side]]:
    """Give each of those figures of each strategy in the run, where it was measured."""
    groups, found = groups_of(run), rows_by_place(run)
    for place, row in found.items():
        reference = groups.get((place.workload, run.header.reference), [])
        whole = found.get(place._replace(strategy=run.header.reference), {})
        for figure in figures:
            mine = groups[place.workload, place.strategy]
            if row.get(figure.field) is None:
                continue
            if figure.is_memory:
                yield (place, figure), _memory(figure, row, mine)
            elif figure.is_share:
                yield (place, figure), _share(row, mine)
            elif whole.get(figure.field) and place.strategy != run.header.reference:
                yield (place, figure), _time(figure, row, whole, mine, reference)


def _memory(figure: Figure, row: Row, mine: list[Measurement]) -> Side:
    values = _values(mine, figure.field)
    x_floor = row[f"{figure.field.removesuffix('_bytes')}_x_floor"]
    return Side(
        row[figure.field],
        *range_of(values, "bytes"),
        len(values),
        x_floor=x_floor,
        items=row["entries"],
    )


def _share(row: Row, mine: list[Measurement]) -> Side:
    parts = gc_shares(_values(mine, "gc_seconds"), _values(mine, "wall_seconds"))
    return Side(row["gc_share"], *range_of(parts, "seconds"), len(parts))


def _time(
    figure: Figure, row: Row, whole: Row, mine: list[Measurement], reference: list[Measurement]
) -> Side:
    """Give a time as a ratio to the reference's, its range as wide as the quartiles of both allow.

    Narrower ones, of the ratios repeat by repeat, called two runs of one commit different.
    """
    values, base = (_values(group, figure.field) for group in (mine, reference))
    (low, high), (base_low, base_high) = (range_of(each, "seconds") for each in (values, base))
    seconds, of = row[figure.field], whole[figure.field]
    repeats = min(len(values), len(base))
    return Side(
        seconds / of,
        low / (base_high or of),
        high / (base_low or of),
        repeats,
        seconds=seconds,
        reference=row["reference"],
        items=row["entries"],
    )


def _values(group: list[Measurement], figure: str) -> list[float]:
    """Give what the warm calls gave, the collector running."""
    return [
        m.figures[figure]
        for m in group
        if figure in m.figures and not m.cell.cold and not m.cell.paused
    ]
