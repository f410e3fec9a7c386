"""The figures of a run as rows: medians, spreads, ratios to the floor and the reference. Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

from harness.plan import FLOOR, REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.payroll import Payroll
    from harness.results import Measurement, Run

Row = dict[str, Any]
"""One strategy at one payroll; names carry units (`delta_bytes_per_entry`), None is no figure."""

MEMORY_REPEATS_WITHIN = 0.005
"""How far apart fresh processes may read the same memory (DESIGN section 5, rule 6)."""


def rows(run: Run) -> list[Row]:
    """Give a row for each strategy and payroll, the floor first, then in the order measured.

    For each figure such as `delta_bytes`: its median over the repeats, the same `_per_entry`,
    its `_spread` (widest difference over the median, when it was repeated), its ratio to the
    floor (`delta_x_floor`), and how many times smaller it is than the reference's
    (`delta_smaller_than_reference`).
    """
    groups: dict[tuple[Payroll, str], list[Measurement]] = defaultdict(list)
    for measurement in run.measurements:
        groups[measurement.cell.payroll, measurement.cell.strategy].append(measurement)
    medians = {key: _medians(group) for key, group in groups.items()}
    figures = dict.fromkeys(name for found in medians.values() for name in found)
    made = []
    for (payroll, strategy), group in groups.items():
        errors = dict.fromkeys(m.error for m in group if m.error)
        row: Row = {
            "strategy": strategy,
            "label": run.header.labels.get(strategy, ""),
            "entries": payroll.entries,
            "components": payroll.components,
            "profile": payroll.profile.value,
            "error": "; ".join(errors) or None,
        }
        mine = {} if errors else medians[payroll, strategy]
        floor, reference = (medians.get((payroll, name), {}) for name in (FLOOR, REFERENCE))
        for name in figures:
            row |= _fields(name, payroll, mine.get(name), floor.get(name), reference.get(name))
            row[f"{name}_spread"] = _spread(group, name) if name in mine else None
        made.append(row)
    return sorted(made, key=lambda row: row["strategy"] != FLOOR)


def ranked(found: Iterable[Row], by: str) -> list[Row]:
    """Give the rows smallest figure first, those without the figure last; names alphabetically."""
    return sorted(found, key=lambda row: (row.get(by) is None, row.get(by)))


def _medians(group: list[Measurement]) -> dict[str, float]:
    names = dict.fromkeys(name for measurement in group for name in measurement.figures)
    return {name: median(_all(group, name)) for name in names}


def _all(group: list[Measurement], figure: str) -> list[float]:
    return [m.figures[figure] for m in group if figure in m.figures]


def _spread(group: list[Measurement], figure: str) -> float | None:
    values = _all(group, figure)
    middle = median(values)
    return (max(values) - min(values)) / middle if len(values) > 1 and middle else None


def _fields(
    name: str,
    payroll: Payroll,
    value: float | None,
    floor: float | None,
    reference: float | None,
) -> Row:
    stem, _, _ = name.rpartition("_")
    return {
        name: value,
        f"{name}_per_entry": None if value is None else value / payroll.entries,
        f"{stem}_x_floor": _ratio(value, floor),
        f"{stem}_smaller_than_reference": _ratio(reference, value),
    }


def _ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None
