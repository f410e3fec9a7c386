"""What every report of a comparison says: its tables, and the sentences under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from harness.model.compare import FEWEST_TIMES, ranked, repeats_within, rows
from harness.report.words import (
    MEGABYTE,
    faster,
    megabytes,
    short,
    smaller,
    title_of,
    where_and_call,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.model.compare import Row
    from harness.model.run import Run
    from harness.runner.plan import Workload

SORT_KEYS = {
    "peak": "peak_bytes",
    "delta": "delta_bytes",
    "time": "wall_seconds",
    "name": "strategy",
}


@dataclass(frozen=True)
class Options:
    """What a reader may choose: the order of the rows, and the payroll size to think of."""

    sort: str = "peak"
    scale_to: int = 10_000
    traceback: bool = False


class Column(NamedTuple):
    """A column: its heading of one or two lines, the field it shows, and how it is said.

    A heading may name {reference}, and {item}, of which there are many in a payroll.
    """

    heading: str
    field: str
    say: Callable[[float], str]


_count, _times = "{:,.0f}".format, "{:.2f}x".format


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.1f}"


def _percent(share: float) -> str:
    return f"{share:.0%}"


ITEMS = Column("items", "entries", _count)
MEMORY = (
    Column("delta\nB/{item}", "delta_bytes_per_entry", _count),
    Column("delta\nx floor", "delta_x_floor", _times),
    Column("peak\nB/{item}", "peak_bytes_per_entry", _count),
    Column("peak\nx floor", "peak_x_floor", _times),
    Column("peak of all\nB/{item}", "allocator_peak_bytes_per_entry", _count),
    Column("of all\nx floor", "allocator_peak_x_floor", _times),
    Column("of all vs\n{reference}", "allocator_peak_smaller_than_reference", smaller),
    Column("RSS peak\nB/{item}", "rss_peak_bytes_per_entry", _count),
    Column("imports\nMB", "imports_bytes", megabytes),
    Column("delta\nMB", "delta_bytes", megabytes),
    Column("peak\nMB", "peak_bytes", megabytes),
    Column("peak vs\n{reference}", "peak_smaller_than_reference", smaller),
)
TIME = (
    Column("wall\nus/{item}", "wall_seconds_per_entry", _microseconds),
    Column("spread", "wall_seconds_spread", lambda spread: f"{spread:.0%}"),
    Column("wall vs\n{reference}", "faster_than_reference", faster),
    Column("CPU\nus/{item}", "cpu_seconds_per_entry", _microseconds),
    Column("of wall in the\ngarbage collector", "gc_share", _percent),
    Column("GC paused\nus/{item}", "paused_wall_seconds_per_entry", _microseconds),
    Column("both paused\nvs {reference}", "paused_faster_than_reference", faster),
    Column("first call\nms", "first_call_wall_seconds", lambda s: f"{s * 1e3:,.0f}"),
    Column("warm call\nms", "wall_seconds", lambda s: f"{s * 1e3:,.0f}"),
    Column("first call\npeak MB", "first_call_peak_bytes", megabytes),
)
AGAINST_REFERENCE = Column("", "faster_than_reference", faster)

FOLD = (
    Column("peak of all\nMB", "allocator_peak_bytes", lambda size: f"{size / MEGABYTE:,.2f}"),
    Column("peak, as by\ntracemalloc", "peak_bytes", lambda size: f"{size / MEGABYTE:,.2f}"),
    Column("RSS peak\nMB", "rss_peak_bytes", lambda size: f"{size / MEGABYTE:,.2f}"),
    *(each for each in TIME if each.field in {"wall_seconds_per_entry", "gc_share"}),
    Column("first call\nms", "first_call_wall_seconds", lambda s: f"{s * 1e3:,.0f}"),
)


def tables(found: list[Row]) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Give headings and cells of each table."""
    heading, names = name_column([row["strategy"] for row in found])
    for shown in columns(found):
        cells = [
            [name, *(said(row, column) for column in shown)]
            for name, row in zip(names, found, strict=True)
        ]
        yield [heading, *(column.heading for column in shown)], cells


def name_column(names: list[str]) -> tuple[str, list[str]]:
    """Give the heading and the cells of the names; a module that all are of is in the heading."""
    where = {where_and_call(name)[0] for name in names}
    if len(where) > 1 or where == {""}:
        return "strategy", names
    return where.pop(), [where_and_call(name)[1] for name in names]


def columns(found: list[Row]) -> Iterator[list[Column]]:
    """Give the columns of each table, headed, without those that nothing was measured for."""
    folded = any(row["consume"] == "fold" for row in found)
    for each in (FOLD,) if folded else (MEMORY, TIME):
        shown = [c for c in each if any(row.get(c.field) is not None for row in found)]
        if shown and any(row["other_count"] for row in found):
            shown = [ITEMS, *shown]
        if shown:
            yield [_headed(column, found) for column in shown]


def _headed(column: Column, found: list[Row]) -> Column:
    """Give the column with what the rows' parts and their reference are called."""
    called = {"reference": short(found[0]["reference"]), "item": found[0]["workload"].item}
    return column._replace(heading=column.heading.format(**called))


def said(row: Row, column: Column) -> str:
    """Give a cell: `*` marks what tracemalloc missed, `~` what does not repeat well.

    A time that overlaps the reference's is no faster and no slower; `?` marks one that was not
    repeated often enough to tell.
    """
    field = column.field
    value = row.get(field)
    if value is None:
        return "other count" if _is_to_reference(field) and row["other_count"] else ""
    if field.endswith("faster_than_reference") and row["strategy"] != row["reference"]:
        overlaps = field.replace("faster_than_reference", "overlaps_reference")
        if row.get(overlaps):
            return "not told apart"
    hidden = field.startswith("allocator_peak_bytes") and hides(row)
    figure = field.removesuffix("_per_entry")
    unsteady = (row.get(f"{figure}_spread") or 0) > repeats_within(figure)
    marks = {" ?": is_doubtful(row, field), " *": hidden, " ~": unsteady}
    return column.say(value) + "".join(mark for mark, is_so in marks.items() if is_so)


def _is_to_reference(field: str) -> bool:
    return field.endswith(("smaller_than_reference", "faster_than_reference"))


def is_doubtful(row: Row, field: str) -> bool:
    """Tell whether a field compares times that were repeated too few times for it."""
    stem, is_ratio, _ = field.partition("faster_than_reference")
    if not is_ratio or row["strategy"] == row["reference"] or row.get(field) is None:
        return False
    return bool(row[f"{stem}wall_seconds_repeats"] < FEWEST_TIMES)


def hides(row: Row) -> bool:
    """Tell whether tracemalloc missed more than a tenth of the row's peak."""
    return (row.get("native_share_of_peak") or 0) > 0.10


def memory_measured(found: list[Row]) -> str:
    """Give the stem of the peak to judge by: of all allocations, where that was measured."""
    by_all = any(row.get("allocator_peak_bytes") is not None for row in found)
    return "allocator_peak" if by_all else "peak"


def by_payroll(run: Run, options: Options) -> Iterator[tuple[str, list[Row]]]:
    """Give the rows of each payroll, sorted, under a line that says which payroll it is."""
    groups: dict[tuple[Workload, str], list[Row]] = {}
    for row in sorted(rows(run), key=_payroll):
        groups.setdefault((row["workload"], row["consume"]), []).append(row)
    for (workload, consume), found in groups.items():
        counts = (row["entries"] for row in found if row["entries"] is not None)
        title = title_of(workload, consume, counts)
        yield title, ranked(found, sorted_by(found, options))


def sorted_by(found: list[Row], options: Options) -> str:
    """Give the field that the rows of a payroll are sorted by, smallest first."""
    if options.sort == "peak":
        return f"{memory_measured(found)}_bytes"
    return SORT_KEYS[options.sort]


def _payroll(row: Row) -> tuple[int, int, str, str]:
    return row["workload"].size or 0, row["components"] or 0, row["profile"] or "", row["consume"]
