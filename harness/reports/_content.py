"""What every report for people says: the columns of its table and the sentences under it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.compare import MEMORY_REPEATS_WITHIN, ranked, rows
from harness.plan import FLOOR, REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.compare import Row
    from harness.results import Run

MEGABYTE = 1_000_000
SORT_KEYS = {"peak": "peak_bytes", "delta": "delta_bytes", "name": "strategy"}


@dataclass(frozen=True)
class Options:
    """What a reader may choose: the order of the rows, and the payroll size to think of."""

    sort: str = "peak"
    scale_to: int = 10_000


def smaller(ratio: float) -> str:
    """Say a ratio of memory in words: `2.0x smaller`, `1.1x larger`, `the same`."""
    if round(ratio, 2) == 1:
        return "the same"
    return f"{ratio:.1f}x smaller" if ratio > 1 else f"{1 / ratio:.1f}x larger"


COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("delta B/entry", "delta_bytes_per_entry", "{:,.0f}".format),
    ("x floor", "delta_x_floor", "{:.2f}x".format),
    ("peak B/entry", "peak_bytes_per_entry", "{:,.0f}".format),
    ("x floor", "peak_x_floor", "{:.2f}x".format),
    ("delta MB", "delta_bytes", lambda size: f"{size / MEGABYTE:,.1f}"),
    ("peak MB", "peak_bytes", lambda size: f"{size / MEGABYTE:,.1f}"),
    (f"peak vs {REFERENCE}", "peak_smaller_than_reference", smaller),
)
HEADINGS = ("strategy", *(heading for heading, _, _ in COLUMNS))


def by_payroll(run: Run, options: Options) -> Iterator[tuple[str, list[Row]]]:
    """Give the rows of each payroll, sorted, under a line that says which payroll it is."""
    for (entries, components, profile), group in groupby(
        sorted(rows(run), key=_payroll), key=_payroll
    ):
        title = f"{entries:,} entries x {components} components, profile {profile}"
        yield title, ranked(group, SORT_KEYS[options.sort])


def cells(row: Row) -> list[str]:
    """Give the row's cells under HEADINGS; a row with an error has none but its name."""
    figures = ((row.get(field), say) for _, field, say in COLUMNS)
    return [row["strategy"], *("" if value is None else say(value) for value, say in figures)]


def errors(found: list[Row]) -> list[str]:
    """Give a line for each row that has an error instead of figures."""
    return [f"{row['strategy']}: {row['error']}" for row in found if row["error"]]


def ran_on(run: Run) -> str:
    """Give one line on what the run ran on."""
    known = run.header.environment
    return (
        f"{known['server']}, SQLAlchemy {known['sqlalchemy']}, psycopg {known['psycopg']}, "
        f"{known['python']}, {known['system']}, commit {known['commit']}"
    )


def legend() -> list[str]:
    """Say what the columns mean."""
    return [
        "delta: bytes retained after the call; peak: highest during it; both above what was held",
        "before, as tracemalloc counts (Python's allocators, not native memory). MB: 10^6 bytes.",
        f"x floor: times the same figure of {FLOOR}, the same payroll as plain objects, without a",
        f"database. peak vs {REFERENCE}: how many times smaller the peak is than the reference's.",
    ]


def implication(found: list[Row], options: Options) -> tuple[str, list[tuple[str, str]]]:
    """Say what each strategy retains and needs for the payroll of `options.scale_to` entries."""
    measured = next(iter(found))["entries"]
    basis = (
        "as measured"
        if measured == options.scale_to
        else f"scaled in proportion from {measured:,}: an estimate, not a measurement"
    )
    lines = [
        (
            row["strategy"],
            f"retains {_scaled(row, 'delta', options)} MB, "
            f"needs {_scaled(row, 'peak', options)} MB for a moment",
        )
        for row in found
        if row.get("peak_bytes") is not None
    ]
    return f"A payroll of {options.scale_to:,} entries ({basis}):", lines


def _scaled(row: Row, figure: str, options: Options) -> str:
    size: float = row[f"{figure}_bytes_per_entry"] * options.scale_to / MEGABYTE
    return f"{size:,.1f}" if size < 10 else f"{size:,.0f}"


def verdict(found: list[Row]) -> str:
    """Say which strategy needs least, and by how much."""
    fit = [row for row in found if row["strategy"] != FLOOR and row.get("peak_bytes") is not None]
    if not fit:
        return "No strategy was measured."
    least = ranked(fit, "peak_bytes")[0]
    name, ratio = least["strategy"], least["peak_smaller_than_reference"]
    against = f", {smaller(ratio)} than {REFERENCE}'s" if ratio and name != REFERENCE else ""
    return (
        f"{name} needs least memory: its peak is {least['peak_x_floor']:.2f}x the floor's"
        f"{against}; it retains {least['delta_x_floor']:.2f}x the floor."
    )


def unsteady(found: list[Row]) -> list[str]:
    """Name the memory figures that differ between fresh processes by more than they may."""
    return [
        f"{row['strategy']}: {figure} differs by {row[f'{figure}_bytes_spread']:.1%} between "
        f"repeats (limit {MEMORY_REPEATS_WITHIN:.1%})"
        for row in found
        for figure in ("delta", "peak")
        if (row.get(f"{figure}_bytes_spread") or 0) > MEMORY_REPEATS_WITHIN
    ]


def _payroll(row: Row) -> tuple[int, int, str]:
    return row["entries"], row["components"], row["profile"]
