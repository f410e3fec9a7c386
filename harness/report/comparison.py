"""A comparison: what each strategy or function needs, what it costs, and which one to choose. Pure.

By default one screen, of one workload: the measured peak, what is retained, the time beside the
reference's. `wide` shows every metric, `metrics` those that are named, `full` every workload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.errors import unknown
from callmeter.metric import SHARE
from callmeter.units import format_bytes
from harness.model.cell import FLOOR, Consume
from harness.model.metrics import METRICS, PEAKS, judged_by
from harness.model.summary import by_workload, incomplete, metrics_of, smallest_first, summaries
from harness.report import answer, explanation, growth, notes
from harness.report.document import Bullets, Document, Heading, Note, Text, table
from harness.report.format import cell, figure, heading, short, times, title_of, where_and_call
from harness.report.stack import ran_on
from harness.report.traits import costs_in_short

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from callmeter.metric import Metric
    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.model.summary import Base, Sample, Summary
    from harness.report.document import Block

NEAREST = 10_000
"""Entries of the workload to show, of several: the one nearest to it."""
BY_NAME = "name"


def document(
    run: Run,
    *,
    sort: str = "peak",
    wide: bool = False,
    metrics: Collection[str] = (),
    full: bool = False,
) -> Document:
    """Return the document of a run; raises UsageError for a metric to sort by that is none."""
    if sort != BY_NAME and sort not in METRICS:
        raise unknown("metric to sort by", sort, [*METRICS, BY_NAME])
    found = explanation.explained(run)
    blocks: list[Block] = list(_cut_short(run))
    if explanation.only_explained(run):
        everything = summaries(run)
        blocks += [*explanation.in_words(found), *_failures(everything)]
        blocks += [*explanation.blocks(found), Note(f"Ran on {ran_on(run)}")]
        rows = list(explanation.rows(found))
    else:
        blocks += _compared(run, sort, metrics, wide=wide, full=full)
        shown = found if full else [one for one in found if one.name == run.header.reference]
        blocks += explanation.in_words(shown)
        blocks += explanation.blocks(found) if full else ()
        rows = [row(each) for each in ordered(summaries(run), sort)]
    return Document(tuple(blocks), data=_data(run, rows), run=run, sort=sort)


def shown_first(workloads: Sequence[tuple[Workload, Consume]]) -> tuple[Workload, Consume]:
    """Return the workload to show: the nearest to 10,000 entries, realistic of two as near."""
    return min(
        workloads,
        key=lambda pair: (abs((pair[0].size or 0) - NEAREST), pair[0].profile != "realistic"),
    )


def ordered(found: Sequence[Summary], sort: str) -> list[Summary]:
    """Return the summaries in that order, a peak that was not measured standing for another."""
    if sort == BY_NAME:
        return sorted(found, key=lambda each: each.name)
    known = {key for each in found for key in each.samples}
    instead = (judged_by(known) or sort) if sort in PEAKS and sort not in known else sort
    return smallest_first(found, instead)


def _compared(
    run: Run, sort: str, metrics: Collection[str], *, wide: bool, full: bool
) -> Iterator[Block]:
    groups = by_workload(run)
    first = shown_first(list(groups)) if groups else None
    for workload, found in groups.items():
        if full or workload == first:
            yield from _workload(run, found, sort, metrics, wide=wide or full)
    if full:
        yield from growth.blocks(run)
    elif others := [title_of(*workload) for workload in groups if workload != first]:
        yield Note(f"Also in this run: {'; '.join(others)} (report RUN --full).")


def _workload(
    run: Run, found: list[Summary], sort: str, metrics: Collection[str], *, wide: bool
) -> Iterator[Block]:
    shown = ordered(found, sort)
    counts = (each.items for each in found if each.items is not None)
    yield Heading(title_of(found[0].workload, found[0].subject.consume, counts))
    yield Note(ran_on(run))
    strategies = [each for each in shown if not each.is_yardstick and not each.error]
    yardsticks = [each for each in shown if each.is_yardstick and not each.error]
    if metrics or wide:
        keys = [metric for metric in metrics_of(found) if wide or metric.key in metrics]
        yield from _metric_tables([*strategies, *yardsticks], keys)
    else:
        yield from _screen(run, strategies)
        yield from _yardsticks(yardsticks)
    yield from _failures(found)
    texts = notes.every(found) if wide else notes.decisive(found)
    if texts:
        yield Bullets(tuple(texts))
    yield from answer.blocks(run.header, shown)


def _screen(run: Run, shown: list[Summary]) -> Iterator[Block]:
    """Yield the table of a screen: a peak, what is retained, the time, the costs."""
    keys = notes.memory_keys(shown)
    has_floor = any(each.floor for each in shown)
    memory = [f"{title} MB" + "\n(x floor)" * has_floor for title in ("peak", "retained")]
    reference = short(run.header.reference)
    has_costs = run.header.reference in run.header.offers
    is_timed_by_it = any(each.ratio("wall", "reference") for each in shown)
    headings = [
        *_names(shown)[:1],
        "items" if any(each.has_other_count for each in shown) else "",
        *memory,
        f"time vs\n{reference}" if is_timed_by_it else "time",
        "costs",
    ]
    rows = [
        [
            name,
            f"{each.items:,}" if headings[1] and each.items is not None else "",
            *([_with_floor(each, key) for key in keys] or ["", ""]),
            "other count" if each.has_other_count else answer.against_reference(each),
            costs_in_short(run.header, each.name) if has_costs else "",
        ]
        for name, each in zip(_names(shown)[1:], shown, strict=True)
    ]
    yield from table(headings, rows, last_is_text=True, droppable=tuple(memory[1:]))


def _names(shown: Sequence[Summary]) -> list[str]:
    """Return the heading and the cells of the names; a module that all are of is the heading."""
    names = [each.name for each in shown]
    where = {where_and_call(name)[0] for name in names}
    if len(where) != 1 or where == {""}:
        return ["strategy" if all(each.workload.is_payroll for each in shown) else "target", *names]
    return [where.pop(), *(where_and_call(name)[1] for name in names)]


def _with_floor(one: Summary, key: str) -> str:
    size, ratio = one.value(key), one.ratio(key, "floor")
    if size is None:
        return ""
    return figure(size / 1e6) + (f" ({times(ratio)})" if ratio is not None else "")


def _yardsticks(found: list[Summary]) -> Iterator[Block]:
    """Yield one line on what is measured beside the strategies."""
    parts = []
    for each in found:
        key = judged_by(each.samples)
        size = format_bytes(each.value(key) or 0.0) if key else ""
        ratio = each.ratio(key, "floor") if key and each.name != FLOOR else None
        texts = [size, times(ratio) if ratio is not None else "", answer.against_reference(each)]
        parts.append(f"{each.name} {', '.join(filter(None, texts))}")
    if parts:
        yield Note(f"Yardsticks (peak, x floor, time), not ranked: {'; '.join(parts)}.")


def _metric_tables(shown: list[Summary], keys: list[Metric]) -> Iterator[Block]:
    """Yield the memory metrics and then the others: each value, and what it is a ratio to."""
    names = _names(shown)
    for group in ([m for m in keys if m.is_memory], [m for m in keys if not m.is_memory]):
        columns = [[_cell(each, metric) for each in shown] for metric in group]
        headings = [names[0], *(_heading(shown, metric) for metric in group)]
        yield from table(headings, zip(names[1:], *columns, strict=True))


def _heading(shown: list[Summary], metric: Metric) -> str:
    if metric.unit == SHARE:
        return heading(metric)
    is_known = any(each.ratio(metric.key, _base(metric)) is not None for each in shown)
    base = FLOOR if metric.is_memory else short(shown[0].reference_name)
    return heading(metric) + f"\n(x {base})" * is_known


def _cell(one: Summary, metric: Metric) -> str:
    number = one.value(metric.key)
    if number is None:
        return ""
    ratio = one.ratio(metric.key, _base(metric)) if metric.unit != SHARE else None
    text = cell(metric, number) + (f" ({times(ratio)})" if ratio is not None else "")
    return text + " ~" * (not one.samples[metric.key].is_steady)


def _base(metric: Metric) -> Base:
    return "floor" if metric.is_memory else "reference"


def _failures(found: Sequence[Summary]) -> Iterator[Block]:
    for each in found:
        if each.error:
            yield Text(f"ERROR {each.name}: {each.error}", is_strong=True)


def _cut_short(run: Run) -> Iterator[Block]:
    if how_much := incomplete(run):
        yield Text(f"INCOMPLETE: this run was cut short; it has {how_much}.", is_strong=True)


def row(one: Summary) -> dict[str, Any]:
    """Return what scripts read of a summary: see the contract in docs/json.md."""
    workload = one.workload
    return {
        "strategy" if workload.is_payroll else "target": one.name,
        "label": one.label,
        "error": one.error,
        "unavailable": list(one.unavailable),
        "is_yardstick": one.is_yardstick,
        "reference": one.reference_name,
        "workload": {**msgspec.to_builtins(workload), "consume": one.subject.consume.value},
        "items": one.items,
        "metrics": {key: _metric(one, sample) for key, sample in one.samples.items()},
    }


def _metric(one: Summary, sample: Sample) -> dict[str, Any]:
    key, (low, high) = sample.metric.key, sample.range
    return {
        "median": sample.median,
        "low": low,
        "high": high,
        "repeats": sample.n,
        "unit": sample.metric.unit,
        "per_item": one.per_item(key) if sample.metric.unit != SHARE else None,
        "x_floor": one.ratio(key, "floor") if sample.metric.is_memory else None,
        "x_reference": one.ratio(key, "reference"),
    }


def _data(run: Run, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found = explanation.explained(run)
    return {
        "command": run.header.command,
        "environment": run.header.environment,
        "incomplete": incomplete(run),
        "rows": rows,
        **({"explanations": explanation.data(found)} if found else {}),
    }
