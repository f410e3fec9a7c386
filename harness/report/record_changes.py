"""What would change a decision: sentences from the same rule, asked again of other limits. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.units import format_bytes, format_seconds
from harness.analysis.thresholds import answers, farthest, most_at_once
from harness.analysis.values import elsewhere
from harness.report import judgement as words
from harness.report.format import count, listed
from harness.report.repeating import grown, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.choice import Decision, Judgement
    from harness.analysis.thresholds import Answers, Threshold

NOTHING = "nothing that fits"
"""In place of a strategy."""
PACKAGES = "no-extra-packages"
ANOTHER_STACK = "after an upgrade, python -m harness sweep shows what moves."


def changes(decision: Decision) -> tuple[tuple[str, str], ...]:
    """Return pairs of what may change and the sentence on what is recommended then."""
    found, best = answers(decision.candidates, decision.limits), decision.best
    pairs = [
        ("Entries", _entries(decision, found)),
        ("Container" if decision.limits.service else "Memory", _memory(decision, found)),
        ("Calls at once", _at_once(decision, found)),
        ("Time", _time(decision, found)),
        ("What callers rely on", _needs(found)),
        ("Packages", _packages(best, found) if best else ""),
        ("Values that repeat less", " ".join(_values(decision)) if best else ""),
        ("Another stack", ANOTHER_STACK),
    ]
    return tuple((what, text) for what, text in pairs if text)


def _span(
    found: Sequence[Threshold], at: float
) -> tuple[Threshold | None, Threshold | None, Threshold | None]:
    """Return the threshold whose winner is that of the present limit, with those around it."""
    nth = sum(threshold.start <= at for threshold in found) - 1
    before, present = (found[one] if one >= 0 else None for one in (nth - 1, nth))
    return before, present, found[nth + 1] if nth + 1 < len(found) else None


def _memory(decision: Decision, found: Answers) -> str:
    steps = found.by_memory
    if not steps:
        return ""
    before, present, after = _span(steps, decision.limits.memory)
    least = f"below {_bytes(steps[0].start)} {NOTHING}."
    if present is None:
        return f"from {_bytes(steps[0].start)} on {steps[0].winner}."
    up_to = f" to {_bytes(after.start)}" if after else " on"
    around = _around(before, after)
    return f"{present.winner} from {_bytes(present.start)}{up_to}{around}; {least}"


def _time(decision: Decision, found: Answers) -> str:
    at = float("inf") if decision.limits.time is None else decision.limits.time
    before, present, _ = _span(found.by_time, at)
    if present is None or decision.best is None:
        return ""
    least = format_seconds(present.start, up=True)
    return f"a limit below {least} makes it {before.winner if before else NOTHING}."


def _entries(decision: Decision, found: Answers) -> str:
    limits, candidates = decision.limits, decision.candidates
    text = _as_it_grows(found.by_entries, limits.entries, farthest(candidates, limits))
    sizes = decision.judgements[0].candidate.sizes
    if not text or not sizes:
        return text
    known = listed(f"{size:,}" for size in sizes)
    return f"{text} Measured at {known}."


def _at_once(decision: Decision, found: Answers) -> str:
    limits = decision.limits
    last = most_at_once(decision.candidates, limits)
    return _as_it_grows(found.by_at_once, limits.at_once, last)


def _as_it_grows(found: Sequence[Threshold], at: int, last: int) -> str:
    """Return between which numbers the present winner is recommended, and what is outside."""
    before, present, after = _span(found, at)
    if present is None:
        return ""
    start = f"from {count(present.start)} " if before else ""
    end = f"up to {count(after.start - 1)}" if after else f"up to {last:,}, as far as was looked"
    return f"{present.winner or NOTHING} {start}{end}{_around(before, after)}."


def _around(before: Threshold | None, after: Threshold | None) -> str:
    """Return the winners next to the present one, on both sides."""
    parts = [f"just below {before.winner or NOTHING}"] if before else []
    parts += [f"just above {after.winner or NOTHING}"] if after else []
    return f"; {', '.join(parts)}" if parts else ""


def _needs(found: Answers) -> str:
    """Return the winners where a trait that is given up is needed, or a need is none."""
    parts = [
        f"if {trait} is needed: {winner or NOTHING}"
        for trait, winner in found.with_need.items()
        if trait != PACKAGES
    ]
    parts += [
        f"if {need} is not needed: {winner or NOTHING}"
        for need, winner in found.without_need.items()
    ]
    return f"{'; '.join(parts)}." if parts else ""


def _packages(best: Judgement, found: Answers) -> str:
    if PACKAGES in found.with_need:
        return f"if none may be added: {found.with_need[PACKAGES] or NOTHING}."
    return f"{best.strategy} needs none but SQLAlchemy and the driver."


def _values(decision: Decision) -> Iterator[str]:
    """Yield the sentences on payrolls of other values: the winners, the growth, what is unknown."""
    others = elsewhere(decision)
    winners: dict[str, list[str]] = {}
    for one in others:
        if one.is_judged:
            winners.setdefault(one.winner or NOTHING, []).append(in_words(one.payrolls))
    if winners:
        parts = (f"with {listed(names, 'or')} {name}" for name, names in winners.items())
        yield f"{'; '.join(parts)}."
    found = grown(decision)
    if found and found.fits:  # or else it is among the warnings
        yield found.text
    if not any(one.is_judged for one in others):
        calls = words.calls(decision.limits)
        yield f"Not measured so with {calls}: measure with --profile distinct."


def _bytes(number: float) -> str:
    return format_bytes(number, up=True)
