"""A comparison: what each strategy or function needs, what it costs, and which one to choose. Pure.

By default one screen, of one workload: the measured peak, what is retained, the time beside the
reference's. `wide` shows every metric, `metrics` those that are named, `full` every workload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.errors import UsageError, unknown
from callmeter.meters import SHARE
from harness.model.cell import Consume, kind_of
from harness.model.metrics import BY_NAME, METRICS, PEAKS
from harness.model.summary import by_workload, incomplete, metrics_of, smallest_first, summaries
from harness.report import answer, busy, explanation, growth, notes, over, serving, tables
from harness.report.document import Document, Heading, Note, Text, bullets
from harness.report.format import ends_of
from harness.report.names import title_of, title_of_group, titles
from harness.report.stack import collectors_process, ran_on, ran_on_in_short

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.model.sample import Sample
    from harness.model.summary import Summary
    from harness.report.document import Block
    from harness.report.explanation import Explained

NEAREST = 10_000
"""Entries of the workload to show, of several: the one nearest to it."""


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
    cut_short = notes.cut_short(run)
    blocks: list[Block] = [Text(cut_short, is_strong=True)] if cut_short else []
    if metrics and (wide or full):
        raise UsageError("--metric shows some metrics, --wide and --full all: leave one out")
    everything = summaries(run)
    _check_measured(everything, [*metrics, *([sort] if sort not in (BY_NAME, *PEAKS) else ())])
    if explanation.only_explained(run):
        of_payrolls = dict.fromkeys(
            title_of(one.workload, Consume.HOLD) for one in found if one.workload.is_payroll
        )
        blocks += [Heading(title) for title in of_payrolls]
        blocks += [*explanation.in_words(found), *_failures(everything)]
        blocks += [*explanation.blocks(found), Note(f"Ran on {ran_on(run)}")]
        rows = [
            *_layers(everything, found),
            *(row(summary) for summary in everything if summary.error),
        ]
    else:
        blocks += _compared(run, sort, metrics, wide=wide, full=full)
        shown = found if full else [one for one in found if one.name == run.header.reference]
        blocks += explanation.in_words(shown)
        blocks += explanation.blocks(found) if full else ()
        rows = [row(summary) for summary in ordered(everything, sort)]
    return Document(tuple(blocks), data=_data(run, rows, found), run=run, sort=sort)


def _check_measured(everything: Sequence[Summary], keys: Collection[str]) -> None:
    """Raise UsageError for a metric that the run does not have."""
    measured = {key for summary in everything for key in summary.samples}
    for key in keys:
        if measured and key not in measured:
            has = ", ".join(key for key in METRICS if key in measured)
            raise UsageError(f"the run has no {key}; it has {has}")


def shown_first(workloads: Sequence[tuple[Workload, Consume]]) -> tuple[Workload, Consume]:
    """Return the workload to show: the nearest to 10,000 entries, realistic of two as near."""
    return min(
        workloads,
        key=lambda pair: (abs((pair[0].size or 0) - NEAREST), pair[0].profile != "realistic"),
    )


def sorted_by(found: Sequence[Summary], sort: str) -> str:
    """Return the key to sort by: for a peak that was not measured, that of one that was."""
    is_measured = any(sort in summary.samples for summary in found)
    return sort if is_measured or sort not in PEAKS else notes.judged_peak(found) or sort


def ordered(found: Sequence[Summary], sort: str) -> list[Summary]:
    """Return the summaries in that order."""
    if sort == BY_NAME:
        return sorted(found, key=lambda summary: summary.name)
    return smallest_first(found, sorted_by(found, sort))


def _compared(
    run: Run, sort: str, metrics: Collection[str], *, wide: bool, full: bool
) -> Iterator[Block]:
    groups = by_workload(run)
    measured = [pair for pair, found in groups.items() if any(one.samples for one in found)]
    first = shown_first(measured or list(groups)) if groups else None
    shown = [found for pair, found in groups.items() if full or pair == first]
    for nth, found in enumerate(shown):
        yield Heading(title_of_group(found))
        if nth == 0:
            yield Note(ran_on(run) if wide or full else ran_on_in_short(run))
            yield from map(Text, filter(None, [busy.caveat(run)]))
        yield from _workload(run, ordered(found, sort), metrics, wide=wide or full)
    if first:
        yield from over.blocks(run, None if full else first)
        yield from serving.blocks(run, None if full else first)
    if wide or full:
        everything = [summary for found in shown for summary in found]
        share = [collectors_process(run)] if any(one.sample("gc") for one in everything) else []
        yield from bullets([*notes.meanings(everything), *share])
    if full:
        yield from growth.blocks(run)
    elif others := titles(pair for pair in groups if pair != first):
        yield Note(f"Also in this run: {'; '.join(others)} : python -m harness report RUN --full")


def _workload(
    run: Run, found: list[Summary], metrics: Collection[str], *, wide: bool
) -> Iterator[Block]:
    measured = [summary for summary in found if summary.samples]
    strategies = [summary for summary in measured if not summary.is_yardstick]
    yardsticks = [summary for summary in measured if summary.is_yardstick]
    if metrics or wide:
        keys = [metric for metric in metrics_of(found) if wide or metric.key in metrics]
        yield from tables.by_metric([*strategies, *yardsticks], keys)
    else:
        yield from tables.screen(run.header, strategies)
        yield from tables.yardsticks(yardsticks)
        yield from tables.base_line(strategies)
    yield from _failures(found)
    yield from bullets(notes.every(found) if wide else notes.decisive(found))
    yield from answer.blocks(run.header, found)


def _failures(found: Sequence[Summary]) -> Iterator[Block]:
    for summary in found:
        if summary.error:
            yield Text(f"ERROR {summary.name}: {summary.error}", is_strong=True)


def row(one: Summary) -> dict[str, Any]:
    """Return what scripts read of a summary: see the contract in docs/json.md."""
    workload = one.workload
    return {
        kind_of([workload]): one.name,
        "label": one.label,
        "error": one.error,
        "unavailable": list(one.unavailable),
        "is_yardstick": one.is_yardstick,
        "reference": one.reference_name,
        "workload": {**msgspec.to_builtins(workload), "consume": one.subject.consume.value},
        "items": one.items,
        "metrics": {key: _metric(one, sample) for key, sample in one.samples.items()},
    }


def _layers(everything: Sequence[Summary], found: Sequence[Explained]) -> Iterator[dict[str, Any]]:
    """Yield a row for each layer of each explanation, in bytes."""
    by_subject = {(summary.name, summary.workload): summary for summary in everything}
    for one in found:
        for layer in explanation.rows(one):
            yield row(by_subject[one.name, one.workload]) | layer


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
        **ends_of("x_reference", one.interval(key)),
    }


def _data(run: Run, rows: list[dict[str, Any]], found: Sequence[Explained]) -> dict[str, Any]:
    return {
        "command": run.header.command,
        "environment": run.header.environment,
        "incomplete": incomplete(run),
        "busy": busy.data(run),
        "rows": rows,
        **({"explanations": explanation.data(found)} if found else {}),
    }
