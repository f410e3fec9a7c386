"""How the figures grow with the payroll: at each size, and a straight line through them."""

from __future__ import annotations

from collections import defaultdict
from statistics import linear_regression
from typing import TYPE_CHECKING

from harness.model.compare import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.compare import Row
    from harness.model.run import Run

# figure -> what it is, its unit an entry, its unit fixed; and how many of each unit a base unit is
FIGURES = {
    "allocator_peak_bytes": ("peak of all allocations", "B/entry", 1, "MB", 1e-6),
    "peak_bytes": ("peak by tracemalloc", "B/entry", 1, "MB", 1e-6),
    "delta_bytes": ("delta by tracemalloc", "B/entry", 1, "MB", 1e-6),
    "wall_seconds": ("wall time", "us/entry", 1e6, "ms", 1e3),
}


def tables(run: Run) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Give title, headings and cells of each figure measured at two sizes or more."""
    by_strategy: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows(run):
        if size := row["workload"].size:
            by_strategy[row["strategy"]][size] = row
    sizes = sorted({size for found in by_strategy.values() for size in found})
    for figure, (title, unit, scale, fixed, fixed_scale) in FIGURES.items():
        cells = []
        for strategy, found in by_strategy.items():
            points = {
                n: value for n in sizes if (value := found.get(n, {}).get(figure)) is not None
            }
            if len(points) > 1:
                slope, intercept = linear_regression(list(points), list(points.values()))
                cells.append(
                    [
                        strategy,
                        *(f"{points[n] / n * scale:,.1f}" if n in points else "" for n in sizes),
                        f"{slope * scale:,.1f}",
                        f"{intercept * fixed_scale:,.2f}",
                    ]
                )
        if cells:
            at = [f"at {n:,}\n{unit}" for n in sizes]
            headings = ["strategy", *at, f"slope\n{unit}", f"intercept\n{fixed}"]
            yield title, headings, cells
