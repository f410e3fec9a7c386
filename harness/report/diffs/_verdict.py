"""What is said of a gate: passed or failed, and by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.diffs._content import side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.gate import Gate, Limit, Worse


def heading(gate: Gate) -> str:
    """Say in one line whether the gate is passed, and what was held against which limits."""
    limits = ", ".join(map(_limit, gate.limits))
    how_many = "1 strategy" if gate.judged == 1 else f"{gate.judged} strategies"
    if gate.is_passed:
        return f"PASSED: {how_many}, none worse by more than the limits: {limits}."
    worse = len({each.change.place for each in gate.worse})
    parts = [f"{worse} of {how_many} worse by more than the limits ({limits})"] if worse else []
    parts += [f"{len(gate.failed)} failed or not measured"] if gate.failed else []
    return f"FAILED: {'; '.join(parts)}."


def lines(gate: Gate) -> Iterator[str]:
    """Give a line for each thing that fails the gate, and for what the repeats leave open."""
    for worse in gate.worse:
        doubt = "" if worse.is_sure else "; its repeats differ, and their median is over it"
        yield f"{_told(worse)}{doubt}"
    yield from gate.failed
    for doubtful in gate.doubtful:
        yield f"{_told(doubtful)}; yet within the noise, so not judged: add --repeat to tell"


def _told(worse: Worse) -> str:
    change, limit = worse.change, worse.limit
    before, after = (side(change, each) for each in (change.before, change.after))
    grown = "from nothing" if change.ratio is None else f"+{_percent(change.ratio - 1)}"
    workload = change.place.workload
    at = f", {workload.size:,} entries" if workload.size else ""
    return (
        f"{change.place.strategy}, {change.figure.title}{at}: {before} -> {after}, {grown}, "
        f"the limit is {_percent(limit.share)}"
    )


def _limit(limit: Limit) -> str:
    whose = f"{limit.name}: " if limit.name else ""
    return f"{whose}{limit.figure.word} {_percent(limit.share)}"


def _percent(share: float) -> str:
    return f"{share * 100:.3g}%"
