"""What a gate finds, and a change of a metric, in sentences. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.meters import BYTES, SECONDS
from harness.analysis.difference import Outcome
from harness.model.cell import Consume, how_values_repeat, kind_of
from harness.report.document import Text, bullets
from harness.report.format import (
    ALIKE,
    an_item,
    counted,
    limit,
    smaller,
    speed,
    tenths,
    times,
    value,
)
from harness.report.names import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.difference import Change
    from harness.analysis.gate import Gate, Worse
    from harness.report.document import Block


def blocks(gate: Gate) -> Iterator[Block]:
    """Yield whether the gate is passed, and a line for what fails it or is left open."""
    yield Text(_heading(gate), is_strong=True)
    unsteady = "its repeats differ, and their median is over it"
    worse = (_sentence(finding, unsteady) for finding in gate.worse)
    doubt = "yet within the noise, so not judged: add --repeat to tell"
    yield from bullets(
        (*worse, *gate.failed, *(_sentence(finding, doubt) for finding in gate.doubtful))
    )


def _heading(gate: Gate) -> str:
    limits = ", ".join(
        f"{name}: {metric.key} {limit(share)}".removeprefix(": ")
        for metric, share, name in gate.limits
    )
    kind = kind_of(subject.workload for subject in gate.subjects)
    judged = counted(len({subject.name for subject in gate.subjects}), kind)
    if gate.is_passed:
        return f"PASSED: {judged}, none worse by more than the limits: {limits}."
    worse = len({finding.change.subject.name for finding in gate.worse})
    parts = [f"{worse} of {judged} worse by more than the limits ({limits})"] if worse else []
    parts += [f"{len(gate.failed)} failed or not measured"] if gate.failed else []
    return f"FAILED: {'; '.join(parts)}."


def _sentence(worse: Worse, doubt: str) -> str:
    change = worse.change
    workload = change.subject.workload
    at = f", {counted(workload.size, 'entry')}" if workload.size else ""
    if workload.repetition != 1:
        at += f", {how_values_repeat(workload.profile, workload.repetition)}"
    grown = "from nothing" if change.ratio is None else f"+{limit(change.ratio - 1)}"
    sentence = (
        f"{change.subject.name}, {change.metric.key}{at}: {from_to(change)}, {grown}, "
        f"the limit is {limit(worse.limit.share)}"
    )
    return sentence if change.outcome is Outcome.CHANGED else f"{sentence}; {doubt}"


def from_to(change: Change) -> str:
    """Return both values: bytes an item, times the reference's, or a share."""
    metric, item = change.metric, change.subject.workload.item
    sides = (change.before, change.after)
    if metric.unit == SECONDS:
        reference = short(change.before.summary.reference_name)
        return f"{' -> '.join(times(side.median) for side in sides)} {reference}"
    items = [side.summary.items for side in sides]
    if metric.unit == BYTES and all(items) and change.subject.consume is Consume.HOLD:
        sizes = (an_item(side.median, side.summary.items or 1) for side in sides)
        return f"{' -> '.join(sizes)} B/{item}"
    return " -> ".join(value(metric, side.median) for side in sides)


def in_words(change: Change) -> str:
    """Return the ratio of the second value to the first in words: `1.2x larger`, `3.1% smaller`."""
    if change.ratio is None or change.ratio <= 0:
        return "no ratio"
    is_time = change.metric.unit == SECONDS
    text = speed(change.ratio, change.interval) if is_time else smaller(1 / change.ratio)
    if text != ALIKE or change.outcome is not Outcome.CHANGED:
        return text
    more, less = ("slower", "faster") if is_time else ("larger", "smaller")
    return f"{tenths(abs(change.ratio - 1))} {more if change.ratio > 1 else less}"
