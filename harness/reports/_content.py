"""What every report of a comparison says: its tables, and the sentences under them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from harness.compare import ranked, repeats_within, rows
from harness.plan import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.compare import Row
    from harness.results import Run

MEGABYTE = 1_000_000
SORT_KEYS = {
    "peak": "peak_bytes",
    "delta": "delta_bytes",
    "time": "wall_seconds",
    "name": "strategy",
}

TOO_MANY = 1000
"""Times that say no more than that one of the two is next to nothing."""


@dataclass(frozen=True)
class Options:
    """What a reader may choose: the order of the rows, and the payroll size to think of."""

    sort: str = "peak"
    scale_to: int = 10_000


class Column(NamedTuple):
    """A column: its heading of one or two lines, the field it shows, and how it is said."""

    heading: str
    field: str
    say: Callable[[float], str]


def smaller(ratio: float) -> str:
    """Say a ratio of memory in words: `2.0x smaller`, `1.1x larger`, `the same` within 5%."""
    return _in_words(ratio, "smaller", "larger")


def faster(ratio: float) -> str:
    """Say a ratio of time in words: `2.0x faster`, `1.1x slower`, `the same` within 5%."""
    return _in_words(ratio, "faster", "slower")


def against(said: str, whose: str) -> str:
    """Say a ratio in words and what it is to: `2.0x smaller than whose`, `the same as whose`."""
    return f"{said} {'as' if said == 'the same' else 'than'} {whose}"


def megabytes(size: float) -> str:
    """Say bytes as megabytes, of 1,000,000 bytes."""
    return f"{size / MEGABYTE:,.1f}"


def _in_words(ratio: float, more: str, less: str) -> str:
    if ratio <= 0:  # one of the two is nothing, or less
        return "no ratio"
    if round(ratio, 1) == 1:
        return "the same"
    times, said = (ratio, more) if ratio > 1 else (1 / ratio, less)
    if times > TOO_MANY:
        return f"over {TOO_MANY:,}x {said}"
    return f"{times:.1f}x {said}"


_count, _times = "{:,.0f}".format, "{:.2f}x".format


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.1f}"


def _percent(share: float) -> str:
    return f"{share:.0%}"


MEMORY = (
    Column("delta\nB/entry", "delta_bytes_per_entry", _count),
    Column("delta\nx floor", "delta_x_floor", _times),
    Column("peak\nB/entry", "peak_bytes_per_entry", _count),
    Column("peak\nx floor", "peak_x_floor", _times),
    Column("peak of all\nB/entry", "allocator_peak_bytes_per_entry", _count),
    Column("of all\nx floor", "allocator_peak_x_floor", _times),
    Column(f"of all vs\n{REFERENCE}", "allocator_peak_smaller_than_reference", smaller),
    Column("RSS peak\nB/entry", "rss_peak_bytes_per_entry", _count),
    Column("delta\nMB", "delta_bytes", megabytes),
    Column("peak\nMB", "peak_bytes", megabytes),
    Column(f"peak vs\n{REFERENCE}", "peak_smaller_than_reference", smaller),
)
TIME = (
    Column("wall\nus/entry", "wall_seconds_per_entry", _microseconds),
    Column("spread", "wall_seconds_spread", lambda spread: f"{spread:.0%}"),
    Column(f"wall vs\n{REFERENCE}", "faster_than_reference", faster),
    Column("CPU\nus/entry", "cpu_seconds_per_entry", _microseconds),
    Column("of wall in the\ngarbage collector", "gc_share", _percent),
    Column("GC paused\nus/entry", "paused_wall_seconds_per_entry", _microseconds),
    Column(f"both paused\nvs {REFERENCE}", "paused_faster_than_reference", faster),
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
    for shown in columns(found):
        cells = [[row["strategy"], *(said(row, column) for column in shown)] for row in found]
        yield ["strategy", *(column.heading for column in shown)], cells


def columns(found: list[Row]) -> Iterator[list[Column]]:
    """Give the columns of each table, without those that nothing was measured for."""
    folded = any(row["consume"] == "fold" for row in found)
    for each in (FOLD,) if folded else (MEMORY, TIME):
        if shown := [column for column in each if any(column.field in row for row in found)]:
            yield shown


def said(row: Row, column: Column) -> str:
    """Give a cell: `*` marks what tracemalloc missed, `~` what does not repeat well.

    A time that overlaps the reference's is no faster and no slower.
    """
    field = column.field
    value = row.get(field)
    if value is None:
        return ""
    if field.endswith("faster_than_reference") and row["strategy"] != REFERENCE:
        overlaps = field.replace("faster_than_reference", "overlaps_reference")
        if row.get(overlaps):
            return "not told apart"
    hidden = field.startswith("allocator_peak_bytes") and hides(row)
    figure = field.removesuffix("_per_entry")
    unsteady = (row.get(f"{figure}_spread") or 0) > repeats_within(figure)
    return column.say(value) + (" *" if hidden else "") + (" ~" if unsteady else "")


def hides(row: Row) -> bool:
    """Tell whether tracemalloc missed more than a tenth of the row's peak."""
    return (row.get("native_share_of_peak") or 0) > 0.10


def memory_measured(found: list[Row]) -> str:
    """Give the stem of the peak to judge by: of all allocations, where that was measured."""
    by_all = any(row.get("allocator_peak_bytes") is not None for row in found)
    return "allocator_peak" if by_all else "peak"


def by_payroll(run: Run, options: Options) -> Iterator[tuple[str, list[Row]]]:
    """Give the rows of each payroll, sorted, under a line that says which payroll it is."""
    for payroll, group in groupby(sorted(rows(run), key=_payroll), key=_payroll):
        found = list(group)
        yield title_of(*payroll), ranked(found, sorted_by(found, options))


def sorted_by(found: list[Row], options: Options) -> str:
    """Give the field that the rows of a payroll are sorted by, smallest first."""
    if options.sort == "peak":
        return f"{memory_measured(found)}_bytes"
    return SORT_KEYS[options.sort]


def title_of(entries: int, components: int, profile: str, consume: str) -> str:
    """Say which payroll it is, and what is done with it."""
    title = f"{entries:,} entries x {components} components, profile {profile}"
    return f"{title}, folded into a total, nothing kept" if consume == "fold" else title


def ran_on(run: Run) -> str:
    """Give one line on what the run ran on."""
    known = defaultdict(lambda: "unknown", run.header.environment)
    return (
        f"{known['server']}, SQLAlchemy {known['sqlalchemy']}, psycopg {known['psycopg']}, "
        f"{known['python']}, {known['system']}, commit {known['commit']}"
    )


def server_is_elsewhere(run: Run) -> bool:
    """Tell whether the server may be on another machine: `--dsn` named it."""
    return run.header.environment["server"].endswith("(by --dsn)")


def _payroll(row: Row) -> tuple[int, int, str, str]:
    return row["entries"], row["components"], row["profile"], row["consume"]
