"""The tables of a comparison: the one of a screen, and those of every metric. Pure."""

from __future__ import annotations

from statistics import median_low
from typing import TYPE_CHECKING

from callmeter.meters import SHARE
from harness.model.cell import FLOOR, kind_of
from harness.model.metrics import METRICS, TIME
from harness.report import notes
from harness.report.answer import against_reference
from harness.report.document import Note, table
from harness.report.format import cell, heading, in_column, median_of, times
from harness.report.format import value as value_of
from harness.report.names import short, where_and_call
from harness.report.traits import costs_in_short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callmeter.meters import Metric
    from harness.model.run import Header
    from harness.model.summary import Base, Summary
    from harness.report.document import Block

OF_YARDSTICK = ("peak", "x floor", "time")
"""What is shown of a yardstick, if it was measured."""
MUCH_MORE = 1.25
"""Of the usual base: what is worth to be named, such as a package that is imported."""


def screen(header: Header, shown: list[Summary]) -> Iterator[Block]:
    """Yield the table of a screen: a peak, what is retained, times, the costs.

    Of a payroll, the time is that of loading and of reading every value; where there is room, that
    of loading alone stands beside it.
    """
    where, *names = _names(shown)
    keys = notes.memory_keys(shown)
    has_floor = any(summary.floor for summary in shown)
    peak, retained = (f"{title} MB" + "\n(x floor)" * has_floor for title in ("peak", "retained"))
    is_timed_by_it = any(summary.ratio(TIME, "reference") for summary in shown)
    is_of_payrolls = all(summary.workload.is_payroll for summary in shown)
    time, load = "load and\nread" if is_of_payrolls else "time", "load"
    if is_timed_by_it:
        time, load = (f"{title} vs\n{short(header.reference)}" for title in (time, load))
    has_other_counts = any(summary.has_other_count for summary in shown)
    has_costs = header.reference in header.offers
    rows = [
        [
            name,
            f"{summary.items:,}" if has_other_counts and summary.items is not None else "",
            *([_with_ratio(summary, METRICS[key]) for key in keys] or ["", ""]),
            "other count" if summary.has_other_count else in_column(against_reference(summary)),
            in_column(against_reference(summary, "load")),
            costs_in_short(header, summary.name) if has_costs else "",
        ]
        for name, summary in zip(names, shown, strict=True)
    ]
    headings = (where, "items", peak, retained, time, load, "costs")
    yield from table(headings, rows, last_is_text=True, droppable=(load, retained))


def _names(shown: Sequence[Summary]) -> list[str]:
    """Return the heading and the cells of the names; a module that all are of is the heading."""
    names = [summary.name for summary in shown]
    where = {where_and_call(name)[0] for name in names}
    if len(where) != 1 or where == {""}:
        return [kind_of(summary.workload for summary in shown), *names]
    return [where.pop(), *(where_and_call(name)[1] for name in names)]


def yardsticks(found: list[Summary]) -> Iterator[Block]:
    """Yield one line on what is measured beside the strategies."""
    parts: list[str] = []
    shown: set[str] = set()
    for summary in found:
        key = notes.judged_peak([summary])
        ratio = summary.ratio(key, "floor") if key and summary.name != FLOOR else None
        to_floor = times(ratio) if ratio is not None else ""
        figures = (median_of(summary, key), to_floor, against_reference(summary))
        texts = {what: text for what, text in zip(OF_YARDSTICK, figures, strict=True) if text}
        if texts:
            shown.update(texts)
            parts.append(f"{summary.name} {', '.join(texts.values())}")
    if parts:
        what = ", ".join(one for one in OF_YARDSTICK if one in shown)
        yield Note(f"Yardsticks ({what}), not ranked: {'; '.join(parts)}.")


def base_line(shown: list[Summary]) -> Iterator[Block]:
    """Yield one line on what a process holds before any call, and on what holds much more."""
    known = [(value, one) for one in shown if (value := one.value("base")) is not None]
    if not known:
        return
    usual = median_low(value for value, _ in known)
    more = [
        f"{one.name} {median_of(one, 'base')}"
        for value, one in known
        if value > usual * MUCH_MORE and not one.is_yardstick
    ]
    files = max((one.value("base_files") or 0.0 for _, one in known), default=0.0)
    text = f"Base, before any call: {value_of(METRICS['base'], usual)} a process"
    if more:
        text += f" ({', '.join(more)})"
    code = value_of(METRICS["base_files"], files)
    yield Note(f"{text}, and up to {code} of code, which the kernel can drop.")


def by_metric(shown: list[Summary], keys: list[Metric]) -> Iterator[Block]:
    """Yield the memory metrics and then the others: each value, and what it is a ratio to."""
    where, *names = _names(shown)
    for group in ([m for m in keys if m.is_memory], [m for m in keys if not m.is_memory]):
        rows = (
            [name, *(_cell(summary, metric) for metric in group)]
            for name, summary in zip(names, shown, strict=True)
        )
        headings = [where, *(_heading(shown, metric) for metric in group)]
        yield from table(headings, (row for row in rows if any(row[1:])))


def _heading(shown: list[Summary], metric: Metric) -> str:
    if metric.unit == SHARE:
        return heading(metric)
    is_known = any(summary.ratio(metric.key, base_of(metric)) is not None for summary in shown)
    base = FLOOR if metric.is_memory else short(shown[0].reference_name)
    return heading(metric) + f"\n(x {base})" * is_known


def _cell(one: Summary, metric: Metric) -> str:
    """Return the value and its ratio, marked where the repeats lie far apart."""
    sample = one.sample(metric.key)
    return _with_ratio(one, metric) + " ~" * (sample is not None and not sample.is_steady)


def _with_ratio(one: Summary, metric: Metric) -> str:
    number = one.value(metric.key)
    if number is None:
        return ""
    ratio = one.ratio(metric.key, base_of(metric)) if metric.unit != SHARE else None
    if ratio is None:
        return cell(metric, number)
    return f"{cell(metric, number)} ({times(ratio, one.interval(metric.key))})"


def base_of(metric: Metric) -> Base:
    """Return what the metric is shown as a ratio to."""
    return "floor" if metric.is_memory else "reference"
