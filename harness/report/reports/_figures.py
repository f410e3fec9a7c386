"""The figures that pictures draw: rows of `compare` as ratios, where there is one to give. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.worker import CHECK
from harness.model.compare import rows
from harness.payroll import yardsticks as baselines
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _layers as layers
from harness.report.words import short
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.model.compare import Row
    from harness.model.run import Measurement, Run
    from harness.runner.plan import Workload

Figure = dict[str, Any]
"""What one mark of a picture shows."""

Key = tuple["Workload", str]
"""What tells the rows of a run apart: entries, components, profile, strategy."""

FIRST_LINE = 2
"""The line of a saved run that holds its first measurement; line 1 is the header."""

NEAREST = 10_000
"""Entries of the payroll to show first: the one nearest to it."""

METER_OF = {"allocator_peak": "allocator", "peak": "tracemalloc"}


class Basis(NamedTuple):
    """What the figures of a run are: which peak, and the unit of memory and of time.

    The units are ratios, but for a run that did not measure what they would be ratios to.
    `holds`, if the results were held, so that there is a delta. `reference` is what the one of the
    times is called, and `item` what there are many of in a payroll.
    """

    peak: str
    memory: str
    time: str
    holds: bool
    reference: str
    item: str

    @property
    def delta(self) -> str:
        """The figure that goes with the peak."""
        return self.peak.replace("peak", "delta")

    @property
    def counted(self) -> str:
        """What the memory figures count."""
        if self.peak == "allocator_peak":
            return "all allocations, native ones included (meter allocator)"
        return "Python's allocations (meter tracemalloc; native memory is not in it)"


def basis(run: Run) -> Basis:
    """Give what the figures of a run can be."""
    found = rows(run)
    peak = content.memory_measured(found)
    to_floor = any(row.get(f"{peak}_x_floor") is not None for row in found)
    to_reference = any(row.get("faster_than_reference") is not None for row in found)
    reference = short(run.header.reference)
    item = found[0]["workload"].item if found else "entry"
    return Basis(
        peak,
        f"x {FLOOR}" if to_floor else "MB",
        f"x {reference}" if to_reference else f"µs an {item}",
        any(row["consume"] == "hold" for row in found),
        reference,
        item,
    )


def payrolls(run: Run, options: content.Options) -> list[tuple[str, list[Row]]]:
    """Give the title and the rows of each payroll that was measured."""
    return [] if layers.only_explained(run) else list(content.by_payroll(run, options))


def first_shown(found: list[tuple[str, list[Row]]]) -> int:
    """Give the place of the payroll to show first, the realistic one of two as near."""
    first = [group[0] for _, group in found]
    distance = [
        (abs((row["entries"] or 0) - NEAREST), row["profile"] != "realistic") for row in first
    ]
    return distance.index(min(distance)) if distance else 0


def comparison(run: Run, options: content.Options) -> list[Figure]:
    """Give a figure for each strategy and payroll, in the units of `basis`; None is no figure.

    `payroll` is a place in `payrolls`; `memory_lines` and `time_lines` are the lines of the
    saved run that `delta`, `peak` and `time` are the medians of.
    """
    based = basis(run)
    lines = _lines(run)
    made = []
    for place, (_, found) in enumerate(payrolls(run, options)):
        reference = next((row for row in found if row["strategy"] == row["reference"]), {})
        for row in found:
            peak_lines = lines[_key(row), METER_OF[based.peak]]
            made.append(
                {
                    "payroll": place,
                    "strategy": row["strategy"],
                    "label": row["label"],
                    "entries": row["workload"].size,
                    "baseline": row["strategy"] in baselines.ALL,
                    **_memory(row, based),
                    **_time(row, reference, based),
                    "memory_lines": ", ".join(map(str, peak_lines)),
                    "time_lines": ", ".join(map(str, lines[_key(row), "clock"])),
                }
            )
    return made


def _memory(row: Row, based: Basis) -> Figure:
    made: Figure = {}
    for name, stem in (("delta", based.delta), ("peak", based.peak)):
        size = row.get(f"{stem}_bytes")
        ratio = row.get(f"{stem}_x_floor")
        megabytes = None if size is None else size / words.MEGABYTE
        made[name] = megabytes if based.memory == "MB" else ratio
        made[f"{name}_mb"] = megabytes
    if made["peak"] is not None:
        mega = f"{words.megabytes(row[f'{based.peak}_bytes'])} MB"
        made["peak_said"] = mega if based.memory == "MB" else f"{made['peak']:.2f}x · {mega}"
    return made


def _time(row: Row, reference: Row, based: Basis) -> Figure:
    made: Figure = dict.fromkeys(("time", "time_low", "time_high", "work"))
    wall = row.get("wall_seconds")
    unit = (
        reference.get("wall_seconds")
        if based.time.startswith("x ")
        else (row["entries"] or 1) / 1e6
    )
    if wall is None or not unit:
        return made
    share = row.get("gc_share")
    said = (
        content.said(row, content.AGAINST_REFERENCE)
        if row["strategy"] != row["reference"]
        else f"{wall * 1e3:,.0f} ms"
    )
    return {
        "time": wall / unit,
        "time_low": row["wall_seconds_low"] / unit,
        "time_high": row["wall_seconds_high"] / unit,
        "work": wall * (1 - (share or 0)) / unit,
        "gc_share": share,
        "time_us": wall / (row["entries"] or 1) * 1e6,
        "time_said": said or f"{wall / (row['entries'] or 1) * 1e6:,.1f}",
    }


def _lines(run: Run) -> dict[tuple[Key, str], list[int]]:
    """Give the lines of the plain measurements of each row, by meter."""
    found: dict[tuple[Key, str], list[int]] = defaultdict(list)
    for line, measurement in enumerate(run.measurements, FIRST_LINE):
        if _is_plain(measurement):
            cell = measurement.cell
            found[(cell.workload, cell.strategy), cell.meter].append(line)
    return found


def _key(row: Row) -> Key:
    return row["workload"], row["strategy"]


def _is_plain(measurement: Measurement) -> bool:
    """Tell whether it is one of the repeats that a median is of."""
    cell = measurement.cell
    return not (cell.cold or cell.paused or cell.meter == CHECK) and bool(measurement.figures)


def repeats(run: Run, options: content.Options) -> list[Figure]:
    """Give each repeat of the peak, the RSS peak and the time: by how much it is off its median."""
    lines = _lines(run)
    shown = (
        ("peak", f"{basis(run).peak}_bytes", METER_OF[basis(run).peak]),
        ("RSS peak", "rss_peak_bytes", "rss"),
        ("wall time", "wall_seconds", "clock"),
    )
    return [
        {
            "payroll": place,
            "strategy": row["strategy"],
            "figure": said,
            "off": run.measurements[line - FIRST_LINE].figures[figure] / row[figure] - 1,
            "line": line,
        }
        for place, (_, found) in enumerate(payrolls(run, options))
        for row in found
        for said, figure, meter in shown
        if row.get(figure) and row[f"{figure}_repeats"] > 1
        for line in lines[_key(row), meter]
        if figure in run.measurements[line - FIRST_LINE].figures
    ]


def front(found: Iterable[Figure]) -> Iterator[str]:
    """Give the strategies that no other one beats in both peak and time, smallest first."""
    measured = [
        each
        for each in found
        if not each["baseline"] and each["peak"] is not None and each["time"] is not None
    ]
    best = float("inf")
    for each in sorted(measured, key=lambda each: (each["peak"], each["time"])):
        if each["time"] < best:
            best = each["time"]
            yield each["strategy"]
