"""A user's run laid beside another one, such as a published one: do they agree? Pure.

Memory is relative to the floor and times to the reference, both within their run: what is left is
what the strategies differ by, whatever the stack and the machine.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import TYPE_CHECKING

from callmeter.errors import UsageError
from callmeter.meters import SECONDS
from harness.analysis.candidate import payrolls_of
from harness.analysis.difference import LEAST_OF_TIMES, Outcome, between
from harness.model.cell import kind_of
from harness.model.metrics import METRICS, PEAKS, TIME, judged_by, memory_pair
from harness.model.sample import FEWEST_TIMES, LEAST_RATIO
from harness.model.summary import by_workload
from harness.report import beside_data as data
from harness.report import notes
from harness.report.caveats import MOST_NAMED
from harness.report.comparison import ordered, shown_first
from harness.report.document import Document, Heading, Note, Pairs, Text, bullets, table
from harness.report.format import counted, figure, limit, listed, tenths, value, whole_percent
from harness.report.names import short, title_of_group, titles
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from callmeter.meters import Metric
    from harness.analysis.difference import Change, Difference
    from harness.model.cell import Consume, Subject, Workload
    from harness.model.run import Run
    from harness.report.beside_data import Changes
    from harness.report.document import Block

    Where = tuple[Workload, Consume]


def document(
    mine: tuple[str, Run], other: tuple[str, Run], *, sort: str = "peak", full: bool = False
) -> Document:
    """Return the document of the two runs, each with its name.

    By default it shows the workload in common that is nearest to 10,000 entries, or all in `full`.
    Raises UsageError where they have none.
    """
    names = (other[0], mine[0])
    is_to_floor = all(one.cell.workload.is_payroll for one in mine[1].measurements)
    difference = between(other[1], mine[1], to_floor=is_to_floor)
    groups = _groups(difference, sort)
    if not groups:
        raise UsageError(nothing_in_common(mine, other[0], of=other[1]))
    first = shown_first(list(groups))
    blocks: list[Block] = [
        Text(_answer(groups[first], names), is_strong=True),
        Pairs(tuple((name, ran_on(run)) for name, run in (mine, other))),
    ]
    for where, rows in groups.items():
        if full or where == first:
            blocks += _table(rows, is_to_floor=is_to_floor)
    blocks += bullets(_reservations(difference, names, first))
    blocks += map(Note, _notes(groups, first, full=full))
    return Document(tuple(blocks), data.of(groups.values(), mine, other))


def nothing_in_common(mine: tuple[str, Run], name: str, *, of: Run) -> str:
    """Return the line for two runs without a call on the same workload, and what would make one."""
    strategies = {measurement.cell.name for measurement in of.measurements}
    both = [
        measured
        for measured in dict.fromkeys(one.cell.name for one in mine[1].measurements)
        if measured in strategies and measured not in of.header.yardsticks
    ]
    groups = {(one.cell.workload, one.cell.consume) for one in of.measurements}
    workload = shown_first(sorted(groups, key=repr))[0] if groups else None
    command = of.header.command
    if workload and (payrolls := payrolls_of(workload)):
        names = both if len(both) <= MOST_NAMED else ()
        words = (*names, "--entries", str(workload.size), *payrolls.options)
        command = f"python -m harness compare {shlex.join(words)}"
    return f"{mine[0]} has nothing in common with {name}; measure with {command} --save mine.jsonl"


def _groups(difference: Difference, sort: str) -> dict[Where, list[Changes]]:
    """Return for each workload in common a row of changes a strategy, in the order of mine."""
    found: defaultdict[Subject, dict[str, Change]] = defaultdict(dict)
    for change in difference.changes:
        if not change.after.summary.is_yardstick:
            found[change.subject][change.metric.key] = change
    rows = {subject: row for subject, changes in found.items() if (row := _shown(changes))}
    groups = {
        where: [rows[one.subject] for one in ordered(measured, sort) if one.subject in rows]
        for where, measured in by_workload(difference.runs[1]).items()
    }
    return {where: group for where, group in groups.items() if group}


def _shown(row: Changes) -> Changes:
    """Return the peak that memory is judged by, what is retained, and the time."""
    return {key: row[key] for key in (*memory_pair(row), TIME) if key in row}


def _answer(rows: Sequence[Changes], names: tuple[str, str]) -> str:
    """Return in a line how many agree, in memory and in time, and by how much at most."""
    kind = kind_of([_of(rows[0]).subject.workload])
    of_memory = [[one for one in row.values() if one.metric.is_memory] for row in rows]
    of_time = [row[TIME] for row in rows if TIME in row]
    parts = []
    if measured := [found for found in of_memory if found]:
        alike = sum(all(_agrees(one) for one in found) for found in measured)
        most = max(
            (abs(one.ratio - 1) for found in measured for one in found if one.ratio), default=0
        )
        parts.append(
            f"memory of {alike:,} of {counted(len(measured), kind)} as in {names[0]}, "
            f"{tenths(most)} off at most"
        )
    if of_time:
        alike = sum(one.outcome is Outcome.ALIKE for one in of_time)
        unknown = sum(one.outcome is Outcome.UNKNOWN for one in of_time)
        reference = short(of_time[0].after.summary.reference_name)
        open_ = f", {unknown:,} undecided" if unknown else ""
        parts.append(
            f"time beside {reference}: {alike:,} of {len(of_time):,} not told apart{open_}"
        )
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _agrees(change: Change) -> bool:
    return change.outcome is not Outcome.CHANGED


def _table(rows: Sequence[Changes], *, is_to_floor: bool) -> Iterator[Block]:
    found = [_of(row).after.summary for row in rows]
    cells = []
    for one, row in zip(found, rows, strict=True):
        memory = (_both(row.get(key)) for key in memory_pair(row) or ("", ""))
        cells.append((one.name, *memory, _both(row.get(TIME)), _verdict(row)))
    peak = judged_by(key for row in rows for key in row)
    basis = " x floor" if is_to_floor else ""
    headings = (
        kind_of([found[0].workload]),
        *(f"{what}\nmine, theirs" for what in (f"peak{basis}", "retained", "time")),
        "agree",
    )
    yield Heading(title_of_group(found), 3)
    yield from table(headings, cells, last_is_text=True)
    to = ", x floor" if is_to_floor else ""
    parts = [f"Memory: {METRICS[peak].title}{to}"] if peak else []
    parts += (
        [f"time x {short(found[0].reference_name)}"] if any(TIME in row for row in rows) else []
    )
    yield Note("; ".join(parts) + ".")


def _of(row: Changes) -> Change:
    """Return one of its changes: all are of one strategy."""
    return next(iter(row.values()))


def _both(change: Change | None) -> str:
    """Return my value and theirs: ratios, or bytes where there is no floor."""
    if change is None:
        return ""
    is_ratio = change.metric.unit == SECONDS or change.after.whole != 1.0
    sides = (change.after.median, change.before.median)
    return ", ".join(figure(side) if is_ratio else value(change.metric, side) for side in sides)


def _verdict(row: Changes) -> str:
    """Return `yes`, or what does not agree by how much, and what is left open."""
    parts = [
        f"{_word(change.metric)} {_off(change)}"
        for change in row.values()
        if change.outcome is Outcome.CHANGED
    ]
    parts += [
        f"{_word(change.metric)} ?" for change in row.values() if change.outcome is Outcome.UNKNOWN
    ]
    return ", ".join(parts) or "yes"


def _word(metric: Metric) -> str:
    if metric.unit == SECONDS:
        return "time"
    return "peak" if metric.key in PEAKS else "retained"


def _off(change: Change) -> str:
    if change.ratio is None:
        return "from nothing"
    off = change.ratio - 1
    return f"{'+' if off > 0 else '-'}{(tenths if abs(off) < 0.1 else whole_percent)(abs(off))}"


def _reservations(difference: Difference, names: tuple[str, str], where: Where) -> Iterator[str]:
    """Yield what limits the comparison: parts, failures, what only one of the two measured."""
    parts = (notes.cut_short(run, name) for run, name in zip(difference.runs, names, strict=True))
    yield from filter(None, parts)
    references = [short(run.header.reference) for run in difference.runs]
    if references[0] != references[1]:
        yield f"Times are not compared: they are relative to {listed(references)}."
    for subject, nth, _, error in difference.failures:
        if (subject.workload, subject.consume) == where:
            yield f"FAILED in {names[nth]}: {subject.name}: {error}"
    for nth, name in enumerate(names):
        only = [
            missing.subject.name
            for missing in difference.only_in
            if missing.run == nth
            and missing.metric is None
            and (missing.subject.workload, missing.subject.consume) == where
        ]
        if only:
            yield f"Only in {name}: {', '.join(only)}."


def _notes(groups: Mapping[Where, Sequence[Changes]], first: Where, *, full: bool) -> Iterator[str]:
    shown = [one for row in groups[first] for one in row.values()]
    memory = sorted({one.metric.tolerance for one in shown if one.metric.is_memory})
    if memory:
        yield (
            f"Memory agrees within {listed(map(limit, memory))}, or where repeats overlap; both "
            "are relative to what the same run measured, so that Python's versions compare."
        )
    if any(one.metric.unit == SECONDS for one in shown):
        yield (
            f"Times agree within {limit(LEAST_OF_TIMES)}, or where the repeats do not tell them "
            f"apart; ?: fewer than {FEWEST_TIMES} repeats tell nothing smaller than {LEAST_RATIO}x."
        )
    others = [] if full else titles(where for where in groups if where != first)
    if others:
        yield f"Also in both: {'; '.join(others)} : add --full"
