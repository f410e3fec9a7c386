"""The figures of a run as rows: medians, spreads, ratios to the floor and the reference. Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from callmeter.worker import CHECK
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.model.run import Measurement, Run
    from harness.runner.plan import Workload

Row = dict[str, Any]
"""One strategy at one payroll; names carry units (`delta_bytes_per_entry`), None is no figure."""

Values = dict[str, list[float]]
"""What the repeats of one strategy gave for each figure."""


FEWEST_TIMES = 3
"""Repeats below which nothing is said about which of two times is shorter."""


def repeats_within(figure: str) -> float:
    """Give how far apart a figure's repeats may be, over their median, before it is said.

    Memory that was asked for and resident memory: the widest
    difference between fresh processes. Time: between the quartiles.
    """
    if figure.endswith("seconds"):
        return 0.10
    return 0.05 if figure.startswith("rss") else 0.005


def rows(run: Run) -> list[Row]:
    """Give a row for each strategy and payroll, the floor first, then in the order measured.

    For each figure such as `delta_bytes`: its median over the repeats, the same `_per_entry`,
    where the repeats lie as `_low` and `_high` (all of them for memory, the middle half for
    time), and its `_spread` (None if not repeated). Memory is a ratio to the floor
    (`delta_x_floor`), and how many times smaller than the reference's
    (`delta_smaller_than_reference`); time, how many times faster (`faster_than_reference`).
    Figures of a first call, without warm-up, begin with `first_call_`; those with the garbage
    collector paused, with `paused_`. `incomplete` says how much there is of a run cut short.
    """
    groups = groups_of(run)
    cut_short = incomplete(run)
    values = {key: _values(group) for key, group in groups.items()}
    names = dict.fromkeys(name for found in values.values() for name in found)
    made = []
    for (workload, strategy), group in groups.items():
        errors = dict.fromkeys(m.error for m in group if m.error)
        errors |= dict.fromkeys(_changing(workload, group))
        missing = dict.fromkeys(f"{m.cell.meter}: {m.unavailable}" for m in group if m.unavailable)
        row: Row = {
            "strategy": strategy,
            "label": run.header.labels.get(strategy, ""),
            "reference": run.header.reference,
            "workload": workload,
            "entries": size_of(workload, group),
            "components": workload.components if workload.is_payroll else None,
            "profile": workload.profile and workload.profile.value,
            "consume": group[0].cell.consume.value,
            "error": "; ".join(errors) or None,
            "unavailable": "; ".join(missing) or None,
            "incomplete": cut_short,
            "allocators": ", ".join(dict.fromkeys(name for m in group for name in m.allocators))
            or None,
        }
        sizes = (
            row["entries"],
            size_of(workload, groups.get((workload, run.header.reference), [])),
        )
        row["other_count"] = None not in sizes and len(set(sizes)) > 1
        mine = {} if errors else values[workload, strategy]
        bases = (FLOOR, run.header.reference)
        floor, reference = (values.get((workload, name), {}) for name in bases)
        if row["other_count"]:  # other work
            reference = {}
        for name in names:
            compared = (each.get(name, []) for each in (mine, floor, reference))
            row |= _fields(name, row["entries"], *compared)
        made.append(row | _shares(row, mine))
    return sorted(made, key=lambda row: row["strategy"] != FLOOR)


def incomplete(run: Run) -> str | None:
    """Say how much of its plan a run that was cut short has: `17 of 40 cells`; None for all.

    What was left out of a strategy because it broke the contract is not missing.
    """
    groups = groups_of(run)
    metered = {key: sum(m.cell.meter != CHECK for m in group) for key, group in groups.items()}
    most: dict[Workload, int] = defaultdict(int)
    for (workload, _), count in metered.items():
        most[workload] = max(most[workload], count)
    broken = [
        key
        for key, group in groups.items()
        if any((m.error or m.unavailable) and m.cell.meter == CHECK for m in group)
    ]
    left_out = sum(most[workload] - metered[workload, name] for workload, name in broken)
    measured, planned = len(run.measurements), run.header.cells
    nothing_to_measure = len(broken) == len(groups)
    if measured + left_out >= planned or (broken and nothing_to_measure):
        return None
    return f"{measured:,} of {planned:,} cells"


def ranked(found: Iterable[Row], by: str) -> list[Row]:
    """Give the rows smallest figure first, those without the figure last; names alphabetically."""
    return sorted(found, key=lambda row: (row.get(by) is None, row.get(by)))


def cannot_be_told_apart(one: Row, other: Row) -> bool:
    """Tell whether the times of two strategies overlap: between their quartiles."""
    ranges = ((row["wall_seconds_low"], row["wall_seconds_high"]) for row in (one, other))
    return overlap(*ranges)


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether two ranges have anything in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def _changing(workload: Workload, group: Iterable[Measurement]) -> Iterator[str]:
    """Say that a function's calls gave different numbers of items, if they did."""
    counts = dict.fromkeys(each.items for each in group if each.items is not None)
    if not workload.is_payroll and len(counts) > 1:
        known = ", then ".join(f"{count:,}" for count in counts)
        yield f"its calls gave {known} items: a call changes what the next one reads"


def size_of(workload: Workload, group: Iterable[Measurement]) -> int | None:
    """Return the workload's size; of a function's, the items that its calls gave, if known."""
    counts = [each.items for each in group if each.items is not None and not each.error]
    return workload.size or next(iter(counts), None)


def groups_of(run: Run) -> dict[tuple[Workload, str], list[Measurement]]:
    """Give the run's measurements by workload and strategy."""
    groups: dict[tuple[Workload, str], list[Measurement]] = defaultdict(list)
    for measurement in run.measurements:
        groups[measurement.cell.workload, measurement.cell.strategy].append(measurement)
    return groups


def _values(group: list[Measurement]) -> Values:
    found: Values = defaultdict(list)
    for measurement in group:
        if measurement.cell.meter != CHECK:
            cell = measurement.cell
            prefix = "first_call_" if cell.cold else "paused_" if cell.paused else ""
            for name, value in measurement.figures.items():
                found[prefix + name].append(value)
    return dict(found)


def _fields(
    name: str, size: int | None, mine: list[float], floor: list[float], reference: list[float]
) -> Row:
    """Give the fields of one figure; None where there is no figure."""
    stem, _, unit = name.rpartition("_")
    value = median(mine) if mine else None
    low, high = range_of(mine, unit)
    fields: Row = {
        name: value,
        f"{name}_per_entry": value / size if value is not None and size else None,
        f"{name}_repeats": len(mine),
        f"{name}_spread": (high - low) / abs(value) if len(mine) > 1 and value else None,
    }
    if unit == "bytes":
        fields[f"{stem}_x_floor"] = _ratio(mine, floor)
        fields[f"{stem}_smaller_than_reference"] = _ratio(reference, mine)
    fields |= {f"{name}_low": low if mine else None, f"{name}_high": high if mine else None}
    if stem.endswith("wall"):
        which = stem.removesuffix("wall")
        fields[f"{which}faster_than_reference"] = _ratio(reference, mine)
        fields[f"{which}overlaps_reference"] = bool(
            mine and reference and overlap((low, high), range_of(reference, unit))
        )
    return fields


def range_of(values: list[float], unit: str) -> tuple[float, float]:
    """Give where the repeats lie: all of them for memory, the middle half for time."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0, 0)
    if unit == "bytes":
        return min(values), max(values)
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


def gc_shares(collecting: list[float], walls: list[float]) -> list[float]:
    """Give the collector's share of each call's wall time; none if a call lacks either."""
    paired = zip(collecting, walls, strict=True) if len(collecting) == len(walls) else ()
    return [part / wall for part, wall in paired if wall]


def _ratio(values: list[float], base: list[float]) -> float | None:
    return median(values) / median(base) if values and base and median(base) else None


def _shares(row: Row, mine: Values) -> Row:
    """Give what part of the time is the collector's, and of the peak what tracemalloc missed."""
    shares: Row = {}
    if "gc_seconds" in row:
        parts = gc_shares(mine.get("gc_seconds", []), mine.get("wall_seconds", []))
        shares["gc_share"] = median(parts) if parts else None
    if "allocator_peak_bytes" in row and "peak_bytes" in row:
        whole, seen = row["allocator_peak_bytes"], row["peak_bytes"]
        shares["native_share_of_peak"] = (
            max(0.0, 1 - seen / whole) if whole and seen is not None else None
        )
    return shares
