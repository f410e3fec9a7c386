"""What two runs differ in, as a document: the gate's verdict first, then what changed. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from callmeter.meters import SECONDS, SHARE
from harness.analysis.difference import Outcome
from harness.model.cell import kind_of
from harness.report import busy, verdict
from harness.report import difference_data as data
from harness.report.document import Document, Heading, Note, Pairs, Text, bullets, table
from harness.report.format import RANK_TEST, TOO_FEW, counted, limit, listed, points, tenths, value
from harness.report.names import short, title_of, title_of_group
from harness.report.notes import cut_short
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callmeter.meters import Metric
    from harness.analysis.difference import Change, Difference
    from harness.analysis.gate import Gate
    from harness.model.cell import Consume, Subject, Workload
    from harness.report.document import Block

TITLES = {"sqlalchemy": "SQLAlchemy", "python": "Python", "libc": "C library", "processor": "CPU"}
HEADINGS = ("metric", "from -> to", "change", "absolute", "which is")
DROPPABLE = ("absolute", "change")


def document(
    difference: Difference,
    names: tuple[str, str],
    *,
    every: bool = False,
    gate: Gate | None = None,
) -> Document:
    """Return the document; `every`, with a row for what did not change too."""
    blocks = list(verdict.blocks(gate)) if gate else []
    blocks += [Pairs((("from", names[0]), ("to", names[1]))), _environment(difference)]
    blocks += map(Text, _busy(difference, names))
    found: defaultdict[tuple[Workload, Consume], list[Change]] = defaultdict(list)
    for change in difference.changes:
        found[change.subject.workload, change.subject.consume].append(change)
    for changes in found.values():
        both = [side.summary for change in changes for side in (change.before, change.after)]
        blocks += [Heading(title_of_group(both), 3), *_changes(difference, changes, every=every)]
    blocks += bullets(_missing(difference, names))
    return Document((*blocks, *_notes(difference)), data.of(difference, names, gate))


def _environment(difference: Difference) -> Block:
    if not difference.settings:
        return Text(f"Environment: the same in both. {ran_on(difference.runs[0])}")
    pairs = (
        (TITLES.get(what, what.replace("_", " ")), f"{before or 'unknown'} -> {after or 'unknown'}")
        for what, (before, after) in difference.settings.items()
    )
    return Pairs(tuple(pairs), "Environment, what differs:")


def _busy(difference: Difference, names: tuple[str, str]) -> Iterator[str]:
    """Yield which run's times were taken on a busy machine, where times are compared."""
    if any(not change.metric.is_memory for change in difference.changes):
        for run, name in zip(difference.runs, names, strict=True):
            if text := busy.caveat(run, f"the machine of {name}"):
                yield text


def _changes(difference: Difference, changes: list[Change], *, every: bool) -> Iterator[Block]:
    shown = [change for change in changes if every or change.outcome is Outcome.CHANGED]
    kind = kind_of(change.subject.workload for change in changes)
    rows = (
        (
            change.subject.name,
            change.metric.key,
            verdict.from_to(change),
            verdict.in_words(change),
            _seconds(difference, change),
            change.outcome if every else "",
        )
        for change in shown
    )
    yield from table(
        (kind, *HEADINGS), rows, text_columns=3, last_is_text=True, droppable=DROPPABLE
    )
    if not shown:
        yield Text("Nothing changed by more than the noise of both runs.")
    if not every:
        yield from bullets(_not_shown(changes, kind), "Not shown without --all:")


def _seconds(difference: Difference, change: Change) -> str:
    """Return the absolute times, if they are of one machine."""
    if change.metric.unit != SECONDS or not difference.is_same_machine:
        return ""
    times = (side.summary.value(change.metric.key) for side in (change.before, change.after))
    return " -> ".join(value(change.metric, time or 0) for time in times)


def _not_shown(changes: Iterable[Change], kind: str) -> Iterator[str]:
    """Yield what did not change, and what the repeats leave open, a line each."""
    groups: defaultdict[tuple[Outcome, str], list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.outcome, change.metric.key].append(change)
    for outcome, title in ((Outcome.ALIKE, Outcome.ALIKE.value), (Outcome.UNKNOWN, TOO_FEW)):
        parts = [
            f"{key} of {counted(len(group), kind)}"
            + (f", by {_most(group)} at most" if outcome is Outcome.ALIKE else "")
            for (found, key), group in groups.items()
            if found is outcome
        ]
        if parts:
            yield f"{title}: {'; '.join(parts)}"


def _most(group: Sequence[Change]) -> str:
    """Return the largest change: of shares in points, of all others in percent."""
    if group[0].metric.unit == SHARE:
        most = max(abs(change.after.median - change.before.median) for change in group)
        return _amount(group[0].metric, most)
    return tenths(max((abs(change.ratio - 1) for change in group if change.ratio), default=0))


def _amount(metric: Metric, number: float) -> str:
    return points(number) if metric.unit == SHARE else value(metric, number)


def _missing(difference: Difference, names: tuple[str, str]) -> Iterator[str]:
    """Yield what only one of the runs has, and what failed, a line each."""
    parts = (cut_short(run, name) for run, name in zip(difference.runs, names, strict=True))
    yield from filter(None, parts)
    if not difference.changes:
        yield "The two runs have no metric in common."
    references = [short(run.header.reference) for run in difference.runs]
    if references[0] != references[1]:
        yield f"Times are not compared: they are ratios to {listed(references)}."
    found: defaultdict[str, list[str]] = defaultdict(list)
    for subject, run, metric, _ in difference.only_in:
        what = f"{metric.key} of " if metric else ""
        found[f"Only in {names[run]}{_at(subject)}: {what}"].append(subject.name)
    yield from (f"{what}{', '.join(these)}." for what, these in found.items())
    for subject, run, _, error in difference.failures:
        yield f"FAILED in {names[run]}{_at(subject)}: {subject.name}: {error}"


def _at(subject: Subject) -> str:
    is_payroll = subject.workload.is_payroll
    return f", {title_of(subject.workload, subject.consume)}" if is_payroll else ""


def _notes(difference: Difference) -> Iterator[Block]:
    """Yield how the two runs are compared, of what there is to compare."""
    allowed: defaultdict[float, list[str]] = defaultdict(list)
    metrics = dict.fromkeys(change.metric for change in difference.changes)
    for metric in metrics:
        least = f" and {_amount(metric, metric.resolution)}" if metric.resolution else ""
        allowed[metric.tolerance].append(metric.key + least)
    limits = (f"{limit(share)} ({', '.join(keys)})" for share, keys in allowed.items())
    if metrics:
        yield Note(f"Changed: by more than {listed(limits)}, and the repeats do not overlap.")
    if not all(metric.is_memory for metric in metrics):
        yield Note(f"Of times and shares, {RANK_TEST} must tell the repeats apart too.")
    if any(metric.unit == SECONDS for metric in metrics):
        yield Note(
            "Times of two runs are not comparable, not on one machine either: they are ratios to "
            f"{short(difference.runs[0].header.reference)}'s in the same run."
        )
