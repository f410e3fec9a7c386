"""The sentences under the tables of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.compare import REPEATS_WITHIN, cannot_be_told_apart, ranked
from harness.plan import FLOOR, REFERENCE
from harness.reports._content import MEGABYTE, Options, faster, hides, smaller

if TYPE_CHECKING:
    from harness.compare import Row

SAID_OF_REPEATS = {
    "delta_bytes": "delta",
    "peak_bytes": "peak",
    "allocator_peak_bytes": "peak of all allocations",
    "wall_seconds": "wall time",
}


def legend(found: list[Row]) -> list[str]:
    """Say what the columns mean."""
    lines = [
        "delta: bytes retained after the call; peak: highest during it; both above what was held",
        "before, as tracemalloc counts (Python's allocators, not native memory). MB: 10^6 bytes.",
        f"x floor: times the same figure of {FLOOR}, the same payroll as plain objects, without a",
        f"database. vs {REFERENCE}: how many times smaller or faster than the reference.",
    ]
    if any("allocator_peak_bytes" in row for row in found):
        lines += ["peak of all: of all allocations, native ones included (memray)."]
    if any("rss_peak_bytes" in row for row in found):
        lines += ["RSS peak: resident memory, what a container's limit counts; whole pages."]
    if any("wall_seconds" in row for row in found):
        lines += ["Times are medians; spread: between their quartiles, over the median."]
    return lines


def missed(found: list[Row]) -> list[str]:
    """Say of which strategies tracemalloc missed more than a tenth of the peak."""
    hidden = [(row["strategy"], row["native_share_of_peak"]) for row in found if hides(row)]
    if not hidden:
        return []
    names = ", ".join(f"{name} ({share:.0%})" for name, share in hidden)
    return [
        f"* tracemalloc missed more than a tenth of the peak of {names}: native memory, such as "
        "libpq's copy of the whole result."
    ]


def failed(found: list[Row]) -> list[str]:
    """Give a line for each row that has an error instead of figures."""
    return [f"{row['strategy']}: {row['error']}" for row in found if row["error"]]


def unavailable(found: list[Row]) -> list[str]:
    """Name the meters that this platform does not have."""
    return [f"not available here: {each}" for each in dict.fromkeys(_all_unavailable(found))]


def _all_unavailable(found: list[Row]) -> list[str]:
    return [each for row in found if row["unavailable"] for each in row["unavailable"].split("; ")]


def unsteady(found: list[Row]) -> list[str]:
    """Name the figures whose repeats differ by more than they may."""
    return [
        f"not steady: {row['strategy']}: {said} differs by {spread:.1%} between repeats "
        f"(limit {limit:.1%})"
        for row in found
        for figure, said in SAID_OF_REPEATS.items()
        if (spread := row.get(f"{figure}_spread") or 0)
        > (limit := REPEATS_WITHIN[figure.rpartition("_")[2]])
    ]


def implication(found: list[Row], options: Options) -> tuple[str, list[tuple[str, str]]]:
    """Say what each strategy retains and needs for the payroll of `options.scale_to` entries."""
    measured = found[0]["entries"]
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


def verdict(found: list[Row]) -> list[str]:
    """Say which strategy needs least memory and which is fastest, and by how much."""
    fit = [row for row in found if row["strategy"] != FLOOR and not row["error"]]
    with_memory = [row for row in fit if row.get("peak_bytes") is not None]
    timed = [row for row in fit if row.get("wall_seconds") is not None]
    said = []
    if with_memory:
        said.append(_least(ranked(with_memory, "peak_bytes")[0]))
    if timed:
        said.append(_fastest(ranked(timed, "wall_seconds")))
    return said or ["No strategy was measured."]


def _least(least: Row) -> str:
    name, ratio = least["strategy"], least["peak_smaller_than_reference"]
    against = f", {smaller(ratio)} than {REFERENCE}'s" if ratio and name != REFERENCE else ""
    return (
        f"{name} needs least memory: its peak is {least['peak_x_floor']:.2f}x the floor's"
        f"{against}; it retains {least['delta_x_floor']:.2f}x the floor."
    )


def _fastest(timed: list[Row]) -> str:
    first, *others = timed
    alike = [row["strategy"] for row in others if cannot_be_told_apart(first, row)]
    said = f"{first['strategy']} is fastest"
    if first["faster_than_reference"] and first["strategy"] != REFERENCE:
        said += f", {faster(first['faster_than_reference'])} than {REFERENCE}"
    return f"{said}; not to be told apart from it: {', '.join(alike)}." if alike else f"{said}."
