"""The sentences of a decision: what was asked, what is answered, what would change it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from callmeter import units
from harness.analysis.changes import FARTHEST
from harness.analysis.prediction import Basis, Point
from harness.model.compare import incomplete
from harness.report import words
from harness.report.choices import _words as say
from harness.report.words import ran_on, server_is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.analysis.changes import Other, Rung
    from harness.analysis.decision import Decision

NOTHING = "nothing"


def payroll(decision: Decision) -> str:
    """Say which payroll it is about."""
    return (
        f"{decision.limits.entries:,} entries x {decision.payrolls.components} components, "
        f"profile {decision.payrolls.profile}"
    )


def asked(decision: Decision) -> str:
    """Say the payroll and the limits in one line."""
    limits = decision.limits
    needs = f", with {words.listed(limits.needs)}" if limits.needs else ""
    return f"{payroll(decision)}: within {say.budgets(limits)}{needs}"


def runner_up(decision: Decision) -> str:
    """Say who comes second and why not first; or that nobody else fits."""
    best, *others = decision.fit
    if not others:
        nearest = decision.unfit[:1]
        near = [f" Nearest: {v.way.strategy} ({'; '.join(say.reasons(v))})." for v in nearest]
        return f"none fits.{''.join(near)}"
    second = others[0]
    if second.gives_up is None:
        why = "does not say what it gives up"
    elif second.disruption > best.disruption:
        why = f"gives up {say.gives_up(second)}"
    elif second.peak and best.peak and second.peak.value > best.peak.value:
        why = "gives up as little, and needs more"
    else:
        why = "gives up as little, and needs as much"
    figures = words.listed(
        filter(None, (say.predicted_size(second.peak), say.predicted_time(second.wall)))
    )
    return f"{second.way.strategy}: {figures}; it {why}."


def extremes(decision: Decision) -> list[str]:
    """Name the leanest and the fastest that fit."""
    fit = decision.fit
    lines = []
    if lean := min(((v.peak.value, v) for v in fit if v.peak), default=None, key=_first):
        lines.append(f"Leanest that fits: {lean[1].way.strategy}, {units.format_bytes(lean[0])}.")
    if fast := min(((v.wall.value, v) for v in fit if v.wall), default=None, key=_first):
        lines.append(f"Fastest that fits: {fast[1].way.strategy}, {units.format_seconds(fast[0])}.")
    return lines


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def what_changes_it(decision: Decision) -> list[tuple[str, str]]:
    """Give pairs of an option and the answers that other values of it would give."""
    changes = decision.changes
    answer = decision.best.way.strategy if decision.best else None
    found = [
        ("--memory", _from(changes.memory, units.format_bytes, answer)),
        ("--time", _from(changes.time, units.format_seconds, answer)),
        ("--entries", _up_to(changes.entries, decision)),
        ("--need", "; ".join([*_each("without", changes.dropped), *_each("with", changes.added)])),
    ]
    return [(option, words) for option, words in found if words]


def _from(rungs: Sequence[Rung], said: Callable[..., str], answer: str | None) -> str:
    """Say the answers from the smallest budget up, the present one marked."""
    if not rungs:
        return ""
    steps = [
        f"{said(rung.start, up=True)} {rung.winner}{' (the answer)' * (rung.winner == answer)}"
        for rung in rungs
    ]
    return f"from {', '.join(steps)}; less: {NOTHING}"


def _up_to(rungs: Sequence[Rung], decision: Decision) -> str:
    """Say the answers as the payroll grows, as far as was looked."""
    sizes = [point.entries for verdict in decision.verdicts for point in verdict.way.peak]
    farthest = f"{max([decision.limits.entries, *sizes]) * FARTHEST:,}"
    last = rungs[-1].winner or NOTHING
    if len(rungs) == 1:
        return f"{last} from {rungs[0].start:,} to {farthest}, as far as was looked"
    steps = [
        f"{words.count(after.start)} {rung.winner or NOTHING}" for rung, after in pairwise(rungs)
    ]
    return f"up to about {', '.join(steps)}; from there to {farthest} {last}"


def _each(with_or_without: str, others: Sequence[Other]) -> list[str]:
    by_winner: dict[str, list[str]] = {}
    for other in others:
        by_winner.setdefault(other.winner or NOTHING, []).append(other.need)
    return [
        f"{with_or_without} {words.listed(needs, 'or')}: {winner}"
        for winner, needs in by_winner.items()
    ]


def notes(decision: Decision) -> list[str]:
    """Say how far the figures can be trusted, and what they are of."""
    lines = [*_over_in_residence(decision), *_bases(decision), *_failures(decision)]
    lines.append(
        f"Memory is judged by {decision.judged_by.said}, above what the process held before the "
        "read: the interpreter, imports and the rest of the application come on top."
    )
    if any(verdict.wall for verdict in decision.verdicts):
        environment = decision.run.header.environment
        cores, processor = (environment.get(key, "unknown") for key in ("cores", "processor"))
        where = "that --dsn named" if server_is_elsewhere(decision.run) else "on it"
        lines.append(
            f"Times are of the machine that was measured ({processor}, {cores} cores), with the "
            f"server {where}, a warm connection and the garbage collector running; yours differ."
        )
    lines.append(
        "+-: how far the repeats lie apart (of times the middle half), at least what the harness "
        "allows them, and how far the growth was seen to leave a straight line."
    )
    if unknown := [v.way.strategy for v in decision.verdicts if v.way.offers is None]:
        lines.append(
            f"What {words.listed(unknown)} offers is unknown: no --need is taken as met, and what "
            "does say comes first."
        )
    if how_much := incomplete(decision.run):
        lines.append(f"WARNING: the run was cut short: it has {how_much}.")
    return lines


def origin(decision: Decision) -> str:
    """Say which run it is from, and what that ran on."""
    return f"{decision.source.run}: {ran_on(decision.run)}"


def _bases(decision: Decision) -> list[str]:
    """Say where the predictions come from; the names, where strategies differ."""
    groups: dict[str, list[str]] = {}
    for verdict in decision.verdicts:
        for what, points in (("memory", verdict.way.peak), ("time", verdict.way.wall)):
            if points and not verdict.unmeasured:
                line = _basis(points, decision.limits.entries)
                groups.setdefault(line, []).append(f"{what} of {verdict.way.strategy}")
    if len(groups) == 1:
        return [f"{line}." for line in groups]
    common = max(groups.values(), key=len, default=[])
    return [
        f"{line}{'' if of is common else f' ({words.listed(of)})'}." for line, of in groups.items()
    ]


def _over_in_residence(decision: Decision) -> list[str]:
    """Warn where the best one's resident memory is over the budget that its allocations fit in."""
    best, resident = decision.best, decision.resident
    if best is None or resident is None or resident.high <= decision.limits.memory:
        return []
    return [
        f"WARNING: the resident memory of {best.way.strategy} is {say.predicted_size(resident)}, "
        f"over the {say.memory_budget(decision.limits)}: a container's limit counts that. "
        "Judge by it with --meter rss."
    ]


def _failures(decision: Decision) -> list[str]:
    """Name those that are judged by some sizes, and failed at a larger one."""
    return [
        f"WARNING: {verdict.way.strategy} failed at {each.entries:,} entries: {each.error}."
        for verdict in decision.verdicts
        for each in verdict.way.failures
        if not verdict.unmeasured
    ]


def _basis(points: Sequence[Point], entries: int) -> str:
    sizes = sorted(point.entries for point in points)
    known = words.listed(f"{each:,}" for each in sizes)
    if entries in sizes:
        return f"{entries:,} entries are as measured"
    if len(sizes) == 1:
        return (
            f"WARNING: {Basis.IN_PROPORTION} from {known} entries, the one size measured: one "
            "size cannot tell a fixed cost from one that grows, so the margin is wide"
        )
    checked = "" if len(sizes) > 2 else "; two sizes cannot check a line, so the margin is wide"
    if sizes[0] < entries < sizes[-1]:
        return f"{Basis.INTERPOLATED} between the measured {known} entries{checked}".capitalize()
    side = "beyond" if entries > sizes[-1] else "below"
    return (
        f"WARNING: {Basis.EXTRAPOLATED}: {entries:,} entries are {side} the measured {known}"
        f"{checked}"
    )
