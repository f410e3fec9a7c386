"""What full ORM costs and what each way saves, on the payroll's schema and on others beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callmeter.layers import BUFFERS, ROWS, VALUES
from harness.base.errors import ResultsError
from harness.model import run as results
from harness.model.compare import rows
from harness.report.reports import _content as content
from harness.report.reports import _layers as layers
from harness.report.reports.table import aligned
from harness.report.words import where_and_call
from harness.runner.plan import REFERENCE
from tools.publish.blocks._missing import reasons, with_reasons
from tools.publish.blocks.own import BESIDE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callmeter.explanation import Explanation
    from harness.model.compare import Row

WAYS = {
    "full_orm(engine)": REFERENCE,
    "full_orm(sharing)": "shared_values_orm",
    "yield_per(engine)": "yield_per",
    "yield_per(sharing)": "shared_values_batched",
    "core_rows(engine)": "core_rows",
    "slotted(engine)": "slotted",
    "slotted(sharing)": "interned",
    "arrow_columns(engine)": "arrow_columns",
}
"""How a function of the user's own is called -> the strategy that does the same."""
ORM = "SQLAlchemy ORM"


class Read(NamedTuple):
    """One read, of a run's largest size: each way's row by the strategy's name."""

    name: str
    ways: dict[str, Row]
    full_orm: Explanation | None


def make(paths: list[Path]) -> str:
    """Give two tables with a column a run: of full ORM, and of the other ways beside it.

    Raises ResultsError for a run that does not explain full ORM.
    """
    reads = [_read(path) for path in paths]
    names = [read.name for read in reads]
    costs = [[what, *(say(read) for read in reads)] for what, say in COSTS.items()]
    others = [way for way in WAYS.values() if way != REFERENCE]
    ways = [[f"`{way}`", *(_beside(read, way) for read in reads)] for way in others]
    tables = [
        aligned([f"`{REFERENCE}`", *names], costs, "pipe"),
        aligned([f"retains, peak, time beside `{REFERENCE}`", *names], ways, "pipe"),
    ]
    return with_reasons("\n\n".join(tables), [row for read in reads for row in read.ways.values()])


def _read(path: Path) -> Read:
    run = results.read(path)
    found = rows(run)
    largest = max((row["workload"].size or 0 for row in found), default=0)
    shown = [row for row in found if (row["workload"].size or 0) == largest]
    entries = max((row["entries"] or 0 for row in shown), default=0)
    by_way = {_way(row["strategy"]): row for row in shown}
    ways = {way: by_way[way] for way in WAYS.values() if way in by_way}
    explanations = {
        _way(each.strategy): each.explanation
        for each in layers.explained(run)
        if each.entries == entries
    }
    full_orm = explanations.get(REFERENCE)
    if full_orm is None and not reasons(list(ways.values())):
        raise ResultsError(f"no explanation of {REFERENCE} at {entries:,} entries in {path}")
    where, _ = where_and_call(run.header.reference)
    name = where.removesuffix(":").rpartition(".")[2] or "payroll"
    return Read(f"{name}, {entries:,}", ways, full_orm)


def _way(strategy: str) -> str:
    return WAYS.get(where_and_call(strategy)[1], strategy)


def _beside(read: Read, way: str) -> str:
    row = read.ways.get(way)
    if row is None:
        return ""
    return ", ".join(said for column in BESIDE if (said := content.said(row, column)))


def _figure(name: str, form: str) -> Callable[[Read], str]:
    def say(read: Read) -> str:
        value = read.ways.get(REFERENCE, {}).get(name)
        return "" if value is None else form.format(value)

    return say


def _part(moment: str, *starts: str) -> Callable[[Read], str]:
    """Give what says which part of the bytes is of the layers that start so."""

    def say(read: Read) -> str:
        bytes_of: dict[str, int] = getattr(read.full_orm, moment, {})
        part = sum(size for layer, size in bytes_of.items() if layer.startswith(starts))
        total = sum(bytes_of.values())
        return f"{part / total:.0%}" if total else ""

    return say


def _sharing_would_save(read: Read) -> str:
    kinds = read.full_orm.census if read.full_orm else []
    total = sum(kind.bytes for kind in kinds)
    return f"{sum(kind.saving or 0 for kind in kinds) / total:.0%}" if total else ""


COSTS = {
    "retains, B": _figure("allocator_delta_bytes_per_entry", "{:,.0f}"),
    "peak, B": _figure("allocator_peak_bytes_per_entry", "{:,.0f}"),
    "of what it retains: the driver's values": _part("retained", VALUES),
    "equal values shared would save": _sharing_would_save,
    "of its peak: the ORM": _part("peak", ORM),
    "of its peak: the driver's values, rows and buffers": _part("peak", VALUES, ROWS, BUFFERS),
    "of its time: the garbage collector": _figure("gc_share", "{:.0%}"),
}
