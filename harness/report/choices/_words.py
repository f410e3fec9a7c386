"""How figures, reasons and limits are said; every form of a decision says them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter import units
from harness.report import words
from harness.runner.plan import REFERENCE

if TYPE_CHECKING:
    from harness.analysis.choice import Limits, Verdict
    from harness.analysis.prediction import Prediction


def predicted_size(prediction: Prediction | None) -> str:
    """Say predicted bytes with their margin; nothing for none."""
    return (
        f"{units.format_bytes(prediction.value)} {words.margin(prediction.margin)}"
        if prediction
        else ""
    )


def predicted_time(prediction: Prediction | None) -> str:
    """Say predicted seconds with their margin; nothing for none."""
    return (
        f"{units.format_seconds(prediction.value)} {words.margin(prediction.margin)}"
        if prediction
        else ""
    )


def memory_budget(limits: Limits) -> str:
    """Say the memory budget as it was given, in a decimal unit."""
    return words.exactly(limits.memory, units.MEMORY_SHOWN)


def time_budget(limits: Limits) -> str:
    """Say the time budget; nothing for none."""
    return words.exactly(limits.time, units.TIME_SHOWN) if limits.time is not None else ""


def budgets(limits: Limits) -> str:
    """Say both: `256 MB and 2 s`."""
    return " and ".join(filter(None, (memory_budget(limits), time_budget(limits))))


def reasons(verdict: Verdict) -> list[str]:
    """Say why a strategy does not fit; nothing if it does."""
    if verdict.unmeasured:
        return [f"not measured: {verdict.unmeasured}"]
    limits, found = verdict.limits, []
    if verdict.peak and verdict.of_memory > 1:
        needs, most = _at_worst(verdict.peak, limits.memory, "need")
        most_said = units.format_bytes(most, up=_is_close(most, limits.memory))
        found.append(f"{needs} {most_said} of {memory_budget(limits)}")
    if limits.time is not None and verdict.wall is None:
        found.append("its time was not measured")
    elif limits.time is not None and verdict.wall and verdict.of_time > 1:
        takes, longest = _at_worst(verdict.wall, limits.time, "take")
        longest_said = units.format_seconds(longest, up=_is_close(longest, limits.time))
        found.append(f"{takes} {longest_said} of {time_budget(limits)}")
    if verdict.way.offers is None and verdict.lacks:
        found.append("does not say what it offers")
    elif verdict.lacks:
        found.append(f"lacks {words.listed(verdict.lacks)}")
    return found


def misses_by(verdict: Verdict) -> str:
    """Say by how much a strategy misses the limits."""
    limits, found = verdict.limits, []
    if verdict.peak and verdict.of_memory > 1:
        over = verdict.peak.high - limits.memory
        times = _times(verdict.of_memory)
        found.append(
            f"--memory by {units.format_bytes(over, up=True)} ({times} the budget, at worst)"
        )
    if limits.time is not None and verdict.wall and verdict.of_time > 1:
        over = verdict.wall.high - limits.time
        times = _times(verdict.of_time)
        found.append(
            f"--time by {units.format_seconds(over, up=True)} ({times} the budget, at worst)"
        )
    if verdict.lacks:
        found.append(words.listed(f"--need {need}" for need in verdict.lacks))
    return f"misses {words.listed(found)}" if found else words.listed(reasons(verdict))


def gives_up(verdict: Verdict) -> str:
    """Name the traits of the reference that a strategy gives up."""
    if verdict.gives_up is None:
        return "unknown"
    return ", ".join(verdict.gives_up) or "nothing"


def gives_up_sentence(verdict: Verdict) -> str:
    """Say what a strategy gives up of what the reference offers."""
    if verdict.way.strategy == REFERENCE:
        return "It is the way it is done today: nothing changes"
    if verdict.gives_up is None:
        return "It does not say what it offers, and is ranked behind all that do"
    if not verdict.gives_up:
        return f"It gives up nothing that {REFERENCE} offers"
    number = len(verdict.gives_up)
    traits = "trait" if number == 1 else "traits"
    return f"It gives up {number} {traits} of {REFERENCE}: {', '.join(verdict.gives_up)}"


def needs_sentence(verdict: Verdict) -> str:
    """Say what a strategy will need, and what part of the budgets that is at worst."""
    basis = f" ({verdict.peak.basis})" if verdict.peak else ""
    parts = [f"needs {predicted_size(verdict.peak)} at its peak{basis}"]
    if verdict.delta:
        parts.append(f"retains {units.format_bytes(verdict.delta.value)}")
    if verdict.wall:
        parts.append(f"takes {predicted_time(verdict.wall)}")
    share = f"{words.percent(verdict.of_memory)} of the memory budget"
    if verdict.limits.time is not None:
        share += f" and {words.percent(verdict.of_time)} of the time budget"
    return f"It {words.listed(parts)}: at worst {share}"


def _times(ratio: float) -> str:
    return f"{units.digits(ratio, up=True)}x"


def _at_worst(prediction: Prediction, budget: float, verb: str) -> tuple[str, float]:
    """Give `needs` and the figure; if only its upper end is too much, `may need` and that."""
    if prediction.value > budget:
        return f"{verb}s", prediction.value
    return f"may {verb}", prediction.high


def _is_close(figure: float, budget: float) -> bool:
    """Tell whether a figure over its budget, rounded to three digits, might not look it."""
    return figure < budget * 1.01
