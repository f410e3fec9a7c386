"""What limits a decision: reasons to doubt it, and what its values are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.candidate import FILES, RESIDENT
from harness.analysis.container import how_to_measure
from harness.analysis.prediction import Basis, predict
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import busy
from harness.report import judgement as words
from harness.report.format import listed, value
from harness.report.notes import COUNTED, cut_short
from harness.report.repeating import grown
from harness.report.stack import is_server_elsewhere, ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision


MOST_NAMED = 5
"""Strategies that a command names; more are measured by one that names none, and so all."""


def warnings(decision: Decision) -> list[str]:
    """Return what may change the decision, or is a reason to doubt it."""
    is_doubtful, basis = _basis(decision)
    found = [
        *_without_the_application(decision),
        *_over_in_residence(decision),
        *_not_judged(decision),
        *_in_turn(decision),
        *([basis] if is_doubtful else []),
        *_where_values_repeat_less(decision),
    ]
    found += [
        f"{judgement.strategy} failed at {failure.entries:,} entries: {failure.error}."
        for judgement in decision.judgements
        for failure in judgement.candidate.failures
        if not judgement.unmeasured
    ]
    if unknown := [
        judgement.strategy for judgement in decision.judgements if judgement.gives_up is None
    ]:
        found.append(f"What {listed(unknown)} offers is unknown: no --need is taken as met.")
    is_timed = any(judgement.wall for judgement in decision.judgements)
    found += filter(None, [busy.caveat(decision.run) if is_timed else "", cut_short(decision.run)])
    return [f"WARNING: {text}" for text in found]


def remarks(decision: Decision) -> list[str]:
    """Return what the values are of, and what their margins are."""
    is_doubtful, basis = _basis(decision)
    known = decision.run.header.environment
    cores, processor = (known.get(key, "unknown") for key in ("cores", "processor"))
    where = "that --dsn named" if is_server_elsewhere(decision.run) else "on it"
    at_once = decision.limits.at_once
    whose = f"of the slowest of {at_once:,} calls at once, and " if at_once > 1 else ""
    times = (
        f"Times are {whose}of the machine that was measured ({processor}, {cores} cores), with the "
        f"server {where}, a warm connection and the garbage collector running; yours differ."
    )
    return [
        *(() if is_doubtful else (basis,)),
        *_judged(decision),
        *([times] if any(judgement.wall for judgement in decision.judgements) else ()),
        "A margin (+-) is how far the repeats lie apart (of times the middle half), at least what "
        "the harness allows them, and how far the growth was seen to leave a straight line; of "
        "calls at once, as far as if all peaked together; below 1% it is not shown.",
    ]


def _judged(decision: Decision) -> Iterator[str]:
    """Yield what memory is judged by, and what is beside that."""
    service = decision.limits.service
    if service is None:
        yield (
            f"Memory is judged by the peak of {COUNTED[decision.metric]}, above what the process "
            "held before the read: the interpreter, imports and the rest of the application come "
            "on top."
        )
        return
    base = (
        "what the interpreter, the imports, the first connection and a warm-up hold before the call"
        if service.base is None
        else f"as given, with what a strategy's own is at worst above {REFERENCE}'s, such as a "
        "package"
    )
    yield (
        f"Memory is judged by {COUNTED[RESIDENT]}: the base (anonymous memory: {base}) and the "
        "peak of all calls above it, their results held until the last is there."
    )
    yield from _at_once(decision)
    best = decision.judgements[0]
    if files := best.candidate.files:
        yield (
            f"Code and libraries, mapped from files ({value(METRICS[FILES], files)} of "
            f"{best.strategy}), are in no figure: short of memory, the kernel drops them and reads "
            "them again, which takes time. Leave room for them."
        )


def _at_once(decision: Decision) -> Iterator[str]:
    """Yield how the peak of so many calls is known, and of which strategies no more is."""
    several = [one for one in decision.candidates if len(one.resident) > 1]
    alone = [one.strategy for one in decision.candidates if [*one.resident] == [1]]
    if decision.limits.at_once == 1 and several and alone:
        yield f"More calls at once than 1 were not measured of {listed(alone)}, nor are judged."
    number, known = decision.limits.at_once, decision.judgements[0].candidate.resident
    if number in known or not known:
        return
    counts = listed(f"{count:,}" for count in known)
    if len(known) > 1:
        yield f"{number:,} calls at once: by a line through the measured {counts}."
    elif number < max(known):
        yield (
            f"{number:,} calls at once were not measured, only {counts}: they need no more than "
            "these. Measure with compare --at-once to need less."
        )


def _without_the_application(decision: Decision) -> Iterator[str]:
    """Yield that the base is no application's, if none was named and something fits."""
    service = decision.limits.service
    if service and service.base is None and decision.fitting:
        calls = " --at-once 4" if service.at_once == 1 else ""
        yield (
            "the base is that of a process that only reads payrolls; what your application holds "
            f"beside that comes on top: name yours, as --base 180MB{calls}."
        )


def _not_judged(decision: Decision) -> Iterator[str]:
    """Yield which strategies lack the base, or so many calls at once, and how to measure them."""
    limits = decision.limits
    names = [
        judged.strategy
        for judged in decision.judgements
        if limits.service and judged.candidate.resident
        if not (judged.need or judged.unmeasured)
    ]
    if names:
        named = dict.fromkeys([REFERENCE, *names]) if len(names) <= MOST_NAMED else ()
        command = how_to_measure(decision.payrolls, limits.entries, limits.at_once, named)
        yield (
            f"Not judged, because not measured with {words.calls(limits)} at once, base included: "
            f"{listed(names)}. To judge all: {command}, and choose with --run run.jsonl."
        )


def _in_turn(decision: Decision) -> Iterator[str]:
    """Yield that the time that a budget was held against is of one call after the other."""
    limits, best = decision.limits, decision.best
    is_in_turn = best and best.wall and best.wall.basis is Basis.IN_TURN
    if is_in_turn and limits.time is not None:
        yield (
            f"{limits.at_once:,} calls at once were not timed: the time is as if one ran after the "
            f"other, which is no bound. Measure with compare --at-once 1,{limits.at_once} --meter "
            "clock."
        )


def _where_values_repeat_less(decision: Decision) -> Iterator[str]:
    """Yield that the best one would not fit there, as far as its growth was measured."""
    found = grown(decision)
    if found and not found.fits:
        yield found.text


def origin(decision: Decision) -> str:
    """Return which run it is from, and what that ran on."""
    return f"{decision.source.run}: {ran_on(decision.run)}"


def _over_in_residence(decision: Decision) -> Iterator[str]:
    """Yield that the best one's resident memory is over the budget that its allocations fit in."""
    best, limits = decision.best, decision.limits
    measured = best.candidate.resident.get(1) if best else None
    if best and measured and decision.metric != RESIDENT:
        resident = predict(measured, limits.entries)
        if resident.high > limits.memory:
            yield (
                f"the resident memory of {best.strategy} is {words.size(resident)}, over the "
                f"{words.memory_budget(limits)}: a container's limit counts that. "
                "Judge by it, and by what comes on top, with --container."
            )


def _basis(decision: Decision) -> tuple[bool, str]:
    """Return whether the predictions are to be doubted, and where they come from."""
    entries = decision.limits.entries
    sizes = decision.judgements[0].candidate.sizes
    if not sizes:
        return True, f"no strategy has a {decision.metric}."
    known = listed(f"{size:,}" for size in sizes)
    if entries in sizes:
        return False, f"{entries:,} entries are as measured."
    if len(sizes) == 1:
        return True, (
            f"{Basis.IN_PROPORTION} from {known} entries, the one size measured: that cannot tell "
            "a fixed cost from one that grows, so the margin is wide."
        )
    checked = "" if len(sizes) > 2 else "; two sizes cannot check a line, so the margin is wide"
    if sizes[0] < entries < sizes[-1]:
        return False, f"Interpolated between the measured {known} entries{checked}."
    side = f"{'below' if entries < sizes[0] else 'beyond'} the measured {known}"
    return True, f"{Basis.EXTRAPOLATED}: {entries:,} entries are {side}{checked}."
