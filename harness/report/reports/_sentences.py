"""The sentences under the tables of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.units import format_bytes
from harness.model.compare import (
    FEWEST_TIMES,
    cannot_be_told_apart,
    incomplete,
    ranked,
    repeats_within,
)
from harness.payroll import yardsticks as baselines
from harness.report.reports._content import Options, hides, is_doubtful, memory_measured
from harness.report.words import MEGABYTE, against, faster, megabytes, short, smaller
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.compare import Row
    from harness.model.run import Run

SAID_OF_REPEATS = {
    "delta_bytes": "delta",
    "peak_bytes": "peak",
    "allocator_delta_bytes": "delta of all allocations",
    "allocator_peak_bytes": "peak of all allocations",
    "rss_delta_bytes": "retained RSS",
    "rss_peak_bytes": "RSS peak",
    "wall_seconds": "wall time",
    "paused_wall_seconds": "wall time with the collector paused",
}
FAR = 0.25
"""Of the larger of two peaks: so far apart, they are not of the same memory."""
FAR_BYTES = 32e6
"""Bytes below which whole pages and arenas explain a difference."""
LEGEND = {
    "peak_bytes": "delta: bytes retained after the call; peak: highest during it; both above what "
    "was\nheld before, as tracemalloc counts: Python's allocators, not native memory.",
    "allocator_peak_bytes": "peak of all: of all allocations, native ones included (memray).",
    "rss_peak_bytes": "RSS peak: resident memory, what a container's limit counts; whole pages.",
    "imports_bytes": "imports: resident memory that importing what it needs adds, once a process.",
    "wall_seconds": "Times are medians; spread: between their quartiles, over the median. "
    "not told apart: the\nquartiles overlap.",
    "first_call_wall_seconds": "first call: one without any warm-up: connection, mappers, caches.",
}


def legend(found: list[Row]) -> list[str]:
    """Say what the columns mean that are there."""
    lines = [said for figure, said in LEGEND.items() if any(figure in row for row in found)]
    if any(row["consume"] == "hold" for row in found):
        lines += [
            *_floor_explained(found),
            f"vs {short(found[0]['reference'])}: how many times smaller or faster. MB: 10^6 bytes.",
        ]
    if any(is_doubtful(row, "faster_than_reference") for row in found):
        lines.append(f"?: from fewer than {FEWEST_TIMES} repeats, too few to tell two times apart.")
    if yardsticks := [row["strategy"] for row in found if row["strategy"] in baselines.ALL]:
        what = "yardsticks" if len(yardsticks) > 1 else "a yardstick"
        lines.append(f"{', '.join(sorted(yardsticks))}: {what}, not ranked.")
    if unsteady(found):
        lines.append("~: its repeats differ by more than they should, see below.")
    return lines


def _floor_explained(found: list[Row]) -> list[str]:
    stems = ("peak", "allocator_peak", "rss_peak")
    if not any(row.get(f"{stem}_x_floor") is not None for row in found for stem in stems):
        return []
    return [f"x floor: times the same figure of {FLOOR}, the same payroll as plain objects."]


def cut_short(run: Run) -> list[str]:
    """Say that the run is incomplete, if it is."""
    how_much = incomplete(run)
    return [f"INCOMPLETE: this run was cut short; it has {how_much}."] if how_much else []


def missed(found: list[Row]) -> list[str]:
    """Say of which strategies tracemalloc missed more than a tenth of the peak."""
    hidden = [(row["strategy"], row["native_share_of_peak"]) for row in found if hides(row)]
    if not hidden:
        return []
    names = ", ".join(f"{name} ({share:.0%})" for name, share in hidden)
    copies = "a driver's" if not found[0]["workload"].is_payroll else "libpq's"
    return [
        f"* tracemalloc missed more than a tenth of the peak of {names}: native memory, such as "
        f"{copies} copy of the whole result."
    ]


def resident(found: list[Row]) -> list[str]:
    """Say where resident memory is far from what was allocated, why, and which to plan with."""
    return [line for row in found for line in _resident(row)]


def _resident(row: Row) -> Iterator[str]:
    name, peak, rss = row["strategy"], row.get("allocator_peak_bytes"), row.get("rss_peak_bytes")
    if children := row.get("rss_children_bytes"):
        yield (
            f"{name} starts other processes, which are not counted: the largest held "
            f"{format_bytes(children)}; plan with that too."
        )
    if row["allocators"] and not row["workload"].is_payroll:
        yield (
            f"{name} uses {row['allocators']}, with an allocator that all allocations do not see "
            "and that keeps what the warm-up took; plan with the RSS peak under --no-warm-up."
        )
    elif peak is not None and rss is not None and abs(rss - peak) > FAR * max(peak, rss, FAR_BYTES):
        where = (
            "memory beside malloc, or arenas and pages that are not full"
            if rss > peak
            else "memory that was asked for and not touched, or was resident before"
        )
        yield (
            f"{name}: RSS peaks at {format_bytes(rss)}, all allocations at {format_bytes(peak)}: "
            f"{where}; plan with {format_bytes(max(rss, peak))}."
        )


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
    lines = []
    for figure, said in SAID_OF_REPEATS.items():
        limit = repeats_within(figure)
        off = [(row["strategy"], row.get(f"{figure}_spread") or 0) for row in found]
        names = ", ".join(f"{name} {spread:.1%}" for name, spread in off if spread > limit)
        if names:
            lines.append(f"~ {said} is not steady to {limit:.1%} between repeats: {names}.")
    return lines


def implication(found: list[Row], options: Options) -> tuple[str, list[tuple[str, str]]]:
    """Say what each strategy retains and needs for the payroll of `options.scale_to` entries."""
    measured = found[0]["workload"].size
    if measured is None:  # a function: what it would read is not known
        return "", []
    basis = (
        "as measured"
        if measured == options.scale_to
        else f"scaled in proportion from {measured:,}: an estimate, not a measurement"
    )
    stem = memory_measured(found)
    delta = stem.replace("peak", "delta")
    lines = [
        (
            row["strategy"],
            f"retains {_scaled(row, delta, options)} MB, "
            f"needs {_scaled(row, stem, options)} MB for a moment",
        )
        for row in found
        if row["consume"] == "hold"
        and all(row.get(f"{each}_bytes") is not None for each in (stem, delta))
    ]
    return f"A payroll of {options.scale_to:,} entries ({basis}):", lines


def _scaled(row: Row, stem: str, options: Options) -> str:
    size: float = row[f"{stem}_bytes_per_entry"] * options.scale_to / MEGABYTE
    return f"{size:,.1f}" if size < 10 else f"{size:,.0f}"


def verdict(found: list[Row]) -> list[str]:
    """Say which strategy needs least memory and which is fastest, and by how much."""
    fit = [
        row
        for row in found
        if row["strategy"] not in baselines.ALL and not row["error"] and not row["other_count"]
    ]
    if len(fit) == 1 and not fit[0]["workload"].is_payroll:  # nothing to be the least of
        return []
    timed = [row for row in fit if row.get("wall_seconds") is not None]
    said = []
    stem = memory_measured(found)
    if with_memory := [row for row in fit if row.get(f"{stem}_bytes") is not None]:
        said.append(_least(ranked(with_memory, f"{stem}_bytes")[0], stem))
    if timed and repeated(timed):
        said.append(_fastest(ranked(timed, "wall_seconds")))
    return said if fit else ["Nothing to rank: none was measured."]


def repeated(timed: list[Row]) -> bool:
    """Tell whether times were repeated often enough to be compared."""
    return all(row["wall_seconds_repeats"] >= FEWEST_TIMES for row in timed)


def _least(least: Row, stem: str) -> str:
    name, ratio = least["strategy"], least[f"{stem}_smaller_than_reference"]
    reference = least["reference"]
    than = ""
    if ratio and name != reference:
        than = f", {against(smaller(ratio), short(reference))}'s"
    if least[f"{stem}_x_floor"] is None:
        return (
            f"{name} needs least memory: {megabytes(least[f'{stem}_bytes'])} MB at its peak{than}."
        )
    retained = least.get(f"{stem.replace('peak', 'delta')}_x_floor")
    retains = f"; it retains {retained:.2f}x the floor" if retained is not None else ""
    of_what = "peak of all allocations" if stem == "allocator_peak" else "peak"
    return (
        f"{name} needs least memory: its {of_what} is {least[f'{stem}_x_floor']:.2f}x the floor's"
        f"{than}{retains}."
    )


def _fastest(timed: list[Row]) -> str:
    first, *others = timed
    alike = [row["strategy"] for row in others if cannot_be_told_apart(first, row)]
    said = f"{first['strategy']} is fastest"
    reference = first["reference"]
    if first["faster_than_reference"] and reference not in (first["strategy"], *alike):
        said += f", {against(faster(first['faster_than_reference']), short(reference))}"
    return f"{said}; not to be told apart from it: {', '.join(alike)}." if alike else f"{said}."
