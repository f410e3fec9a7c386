"""What limits a decision: reasons to doubt it, and what its values are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.candidate import RESIDENT
from harness.analysis.prediction import Basis, predict
from harness.report import judgement as words
from harness.report.format import listed
from harness.report.notes import COUNTED, cut_short
from harness.report.stack import is_server_elsewhere, ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision


def warnings(decision: Decision) -> list[str]:
    """Return what may change the decision, or is a reason to doubt it."""
    is_doubtful, basis = _basis(decision)
    found = [*_over_in_residence(decision), *([basis] if is_doubtful else ())]
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
    if how_much := cut_short(decision.run):
        found.append(how_much)
    return [f"WARNING: {text}" for text in found]


def remarks(decision: Decision) -> list[str]:
    """Return what the values are of, and what their margins are."""
    is_doubtful, basis = _basis(decision)
    known = decision.run.header.environment
    cores, processor = (known.get(key, "unknown") for key in ("cores", "processor"))
    where = "that --dsn named" if is_server_elsewhere(decision.run) else "on it"
    times = (
        f"Times are of the machine that was measured ({processor}, {cores} cores), with the server "
        f"{where}, a warm connection and the garbage collector running; yours differ."
    )
    return [
        *(() if is_doubtful else (basis,)),
        f"Memory is judged by the peak of {COUNTED[decision.metric]}, above what the process held "
        "before the read: the interpreter, imports and the rest of the application come on top.",
        *([times] if any(judgement.wall for judgement in decision.judgements) else ()),
        "A margin (+-) is how far the repeats lie apart (of times the middle half), at least what "
        "the harness allows them, and how far the growth was seen to leave a straight line; below "
        "1% it is not shown.",
    ]


def origin(decision: Decision) -> str:
    """Return which run it is from, and what that ran on."""
    return f"{decision.source.run}: {ran_on(decision.run)}"


def _over_in_residence(decision: Decision) -> Iterator[str]:
    """Yield that the best one's resident memory is over the budget that its allocations fit in."""
    best, limits = decision.best, decision.limits
    if best and best.candidate.resident and decision.metric != RESIDENT:
        resident = predict(best.candidate.resident, limits.entries)
        if resident.high > limits.memory:
            yield (
                f"the resident memory of {best.strategy} is {words.size(resident)}, over the "
                f"{words.memory_budget(limits)}: a container's limit counts that. "
                f"Judge by it with --metric {RESIDENT}."
            )


def _basis(decision: Decision) -> tuple[bool, str]:
    """Return whether the predictions are to be doubted, and where they come from."""
    entries = decision.limits.entries
    sizes = sorted(point.entries for point in decision.judgements[0].candidate.peak)
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
