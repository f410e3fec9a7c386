"""A sweep as a document: what each stack moves, in a line, and then figure by figure. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.meters import SECONDS
from harness.analysis import stacks as analysis
from harness.analysis.difference import LEAST_OF_TIMES
from harness.model.cell import kind_of
from harness.model.metrics import METRICS, TIME, judged_by, memory_pair
from harness.model.summary import summaries
from harness.report.difference_data import of_subject
from harness.report.document import Document, Heading, Note, Pairs, Text, bullets, table
from harness.report.format import RANK_TEST, counted, ends_of, limit, listed, value
from harness.report.moved import AS_BEFORE, NOT_MEASURED, UNDECIDED, cell, clause
from harness.report.names import title_of_group
from harness.report.stack import ran_on_in_short

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from harness.analysis.difference import Change, Value
    from harness.analysis.stacks import Beside, Row
    from harness.model.cell import Consume, Workload
    from harness.model.run import Run
    from harness.report.document import Block


class Measured(NamedTuple):
    """A sweep's runs by the stack's name, and the stacks that have none, with the reason."""

    runs: Mapping[str, Run]
    missing: Sequence[tuple[str, str]]


def document(
    measured: Measured, metrics: Sequence[str] = (), *, every: bool = False, wide: bool = False
) -> Document:
    """Return the document; `every`, with what did not move too; `wide`, with every metric.

    `metrics` are those to show, if they are named.
    """
    (first_name, first), *_ = measured.runs.items()
    others = analysis.beside_first(measured.runs)
    rows = analysis.rows(first, others)
    there = {row.metric.key for row in rows}
    judged = [key for key in (judged_by(there), TIME) if key and key in there]
    keys = list(metrics) or _keys(there, wide=wide)
    found: defaultdict[tuple[Workload, Consume], list[Row]] = defaultdict(list)
    for row in rows:
        if wide or not row.is_of_yardstick:
            found[row.subject.workload, row.subject.consume].append(row)
    blocks: list[Block] = [Text("What moves with the stack, beside the first:", is_strong=True)]
    blocks.append(Pairs(tuple(_answers(first_name, others, measured.missing, judged))))
    for of_workload in found.values():
        shown = [row for row in of_workload if row.metric.key in keys and (every or row.is_moved)]
        numbers = range(1, len(measured.runs) + 1)
        in_title = [row.first.summary for row in of_workload]
        blocks += [Heading(title_of_group(in_title), 3), *_table(shown, numbers, every=every)]
        if not shown:
            blocks.append(Text("Nothing moved by more than the noise."))
    blocks += bullets(_not_shown(rows, keys, every=every), "Not shown:")
    blocks += bullets(_failures(measured.runs))
    return Document((*blocks, *_notes(first, rows, keys)), _data(measured, rows))


def _keys(there: Collection[str], *, wide: bool) -> list[str]:
    """Return the metrics to show: what memory is judged by, and the time; or all."""
    if wide:
        return [key for key in METRICS if key in there]
    return [key for key in (*memory_pair(there), TIME) if key in there]


def _answers(
    first: str, others: Iterable[Beside], missing: Iterable[tuple[str, str]], keys: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield a line for each stack."""
    yield "[1]", f"{first}: the first"
    for number, other in enumerate(others, start=2):
        clauses = (
            clause(key, other.difference.changes, other.run.header.reference) for key in keys
        )
        yield f"[{number}]", f"{other.name}: {'; '.join(clauses)}"
    yield from (("[-]", f"{name}: {why}") for name, why in missing)


def _table(shown: Sequence[Row], numbers: Iterable[int], *, every: bool) -> Iterator[Block]:
    kind = kind_of(row.subject.workload for row in shown)
    rows = (
        (
            row.subject.name,
            row.metric.key,
            value(row.metric, row.first.median),
            *(cell(change, every=every) for change in row.changes),
        )
        for row in shown
    )
    headings = (kind, "metric", *(f"[{number}]" for number in numbers))
    yield from table(headings, rows, text_columns=2)


def _not_shown(rows: Iterable[Row], keys: Sequence[str], *, every: bool) -> Iterator[str]:
    """Yield how much is as before, and which other metrics moved, with the option for each."""
    alike = [
        row
        for row in rows
        if row.metric.key in keys and not row.is_moved and not row.is_of_yardstick
    ]
    if alike and not every:
        yield f"{counted(len(alike), 'figure')} that did not move on any stack: --all"
    others: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row.metric.key not in keys and row.is_moved and not row.is_of_yardstick:
            others[row.metric.key] += 1
    if others:
        text = ", ".join(f"{key} of {count}" for key, count in others.items())
        yield f"other metrics that moved: {text}: --wide"


def _failures(runs: Mapping[str, Run]) -> Iterator[str]:
    """Yield what failed, and what a stack does not have the packages for, a line for each text."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for number, run in enumerate(runs.values(), start=1):
        for one in summaries(run):
            if one.error:
                found[one.name, f"FAILED: {one.error}"].append(f"[{number}]")
        for one in analysis.unavailable(run):
            text = f"not measured: {'; '.join(one.unavailable)}"
            found[one.name, text].append(f"[{number}]")
    for (name, text), numbers in found.items():
        yield f"{name} on {' '.join(dict.fromkeys(numbers))} {text}"


def _notes(first: Run, rows: Sequence[Row], keys: Sequence[str]) -> Iterator[Block]:
    metrics = [METRICS[key] for key in keys]
    yield Note(
        f"[1] has values, the others their change from it: less is better; {AS_BEFORE}: as before; "
        f"{UNDECIDED}: too few repeats to tell; {NOT_MEASURED}: not measured."
    )
    memory = [metric for metric in metrics if metric.is_memory]
    if memory:
        allowed = listed(f"{limit(metric.tolerance)} ({metric.key})" for metric in memory)
        yield Note(f"Memory moved: by more than {allowed}, and the repeats do not overlap.")
    timed = [
        row
        for row in rows
        if row.metric.unit == SECONDS and row.metric.key in keys and not row.is_of_yardstick
    ]
    if timed:
        count = sum(change is not None for row in timed for change in row.changes)
        yield Note(
            f"A time moved: by more than {limit(LEAST_OF_TIMES)}, the middle halves of the repeats "
            f"do not overlap, and {RANK_TEST} tells them apart. The stacks were timed in turn, so "
            f"their times are compared themselves; some of {counted(count, 'comparison')} can "
            "be chance."
        )
    yield Note(f"[1] ran on {ran_on_in_short(first)}.")


def _data(measured: Measured, rows: Iterable[Row]) -> dict[str, Any]:
    names = list(measured.runs)
    (_, first), *_ = measured.runs.items()
    return {
        "command": first.header.command,
        "stacks": [
            {"stack": name, "environment": run.header.environment, "error": None}
            for name, run in measured.runs.items()
        ]
        + [{"stack": name, "environment": {}, "error": why} for name, why in measured.missing],
        "rows": [one for row in rows for one in _rows(row, names)]
        + [{"stack": name, "error": why} for name, why in measured.missing],
        "failures": [
            {
                "stack": name,
                **of_subject(one.subject),
                "error": one.error or "; ".join(one.unavailable),
            }
            for name, run in measured.runs.items()
            for one in summaries(run)
            if one.error or (one.unavailable and not one.samples)
        ],
    }


def _rows(row: Row, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield an object for each stack that has a value."""
    sides: list[tuple[Value | None, Change | None]] = [(row.first, None)]
    sides += [(one and one.after, one) for one in row.changes]
    for name, (side, change) in zip(names, sides, strict=True):
        if side:
            yield {
                "stack": name,
                **of_subject(row.subject),
                "metric": row.metric.key,
                "unit": row.metric.unit,
                "median": side.median,
                "low": side.low,
                "high": side.high,
                "repeats": side.repeats,
                "ratio": change and change.ratio,
                **ends_of("ratio", change.interval if change else None),
                "verdict": change and change.outcome.value,
                "error": None,
            }
