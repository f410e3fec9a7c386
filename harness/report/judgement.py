"""What a strategy needs, misses and gives up, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.units import MEMORY_SHOWN, TIME_SHOWN, format_bytes, format_seconds
from harness.model.cell import REFERENCE
from harness.report.format import counted, exactly, listed, margin, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.analysis.choice import Judgement, Limits
    from harness.analysis.prediction import Prediction

SHOWN_MARGIN = 0.01
"""The least margin that is shown: memory repeats within less."""


def size(prediction: Prediction | None) -> str:
    """Return predicted bytes with their margin: `24.9 MB +-5%`, and without one below 1%."""
    return _predicted(prediction, format_bytes)


def time(prediction: Prediction | None) -> str:
    """Return predicted seconds with their margin: `2.32 s +-10%`."""
    return _predicted(prediction, format_seconds)


def memory_budget(limits: Limits) -> str:
    """Return the memory budget as it was given, in a decimal unit."""
    return exactly(limits.memory, MEMORY_SHOWN)


def time_budget(limits: Limits) -> str:
    """Return the time budget, if there is one."""
    return "" if limits.time is None else exactly(limits.time, TIME_SHOWN)


def budgets(limits: Limits) -> str:
    """Return the budgets: `256 MB and 2 s`."""
    return " and ".join(filter(None, (memory_budget(limits), time_budget(limits))))


def reasons(judgement: Judgement) -> list[str]:
    """Return why a strategy does not fit: `needs 117 MB of 64 MB`; nothing if it does."""
    if judgement.unmeasured:
        return [f"not measured: {judgement.unmeasured}"]
    limits, found = judgement.limits, []
    if judgement.peak and judgement.memory_share > 1:
        of = memory_budget(limits)
        found.append(_over("need", judgement.peak, limits.memory, format_bytes, of))
    if limits.time is not None and judgement.wall is None:
        found.append("its time was not measured")
    elif limits.time is not None and judgement.wall and judgement.time_share > 1:
        of = time_budget(limits)
        found.append(_over("take", judgement.wall, limits.time, format_seconds, of))
    if judgement.lacks:
        is_known = judgement.candidate.offers is not None
        found.append(
            f"lacks {listed(judgement.lacks)}" if is_known else "does not say what it offers"
        )
    return found


def needs(judgement: Judgement) -> str:
    """Return the sentence on what a strategy will need, and which part of the budgets that is."""
    peak, wall = judgement.peak, judgement.wall
    parts = [f"needs {size(peak)} at its peak{f' ({peak.basis})' if peak else ''}"]
    if judgement.retained:
        parts.append(f"retains {format_bytes(judgement.retained.value)}")
    if wall:
        is_other = peak and wall.basis is not peak.basis
        parts.append(f"takes {time(wall)}{f' ({wall.basis})' if is_other else ''}")
    share = f"{percent(judgement.memory_share)} of the memory budget"
    if judgement.limits.time is not None:
        share += f" and {percent(judgement.time_share)} of the time budget"
    return f"It {listed(parts)}: at worst {share}."


def traits_given_up(judgement: Judgement) -> str:
    """Return the traits of the reference that a strategy gives up: `list, mutable`, `nothing`."""
    if judgement.gives_up is None:
        return "unknown"
    return ", ".join(judgement.gives_up) or "nothing"


def gives_up(judgement: Judgement) -> str:
    """Return the sentence on what a strategy gives up of what the reference offers."""
    if judgement.strategy == REFERENCE:
        return "It is the way it is done today: nothing changes."
    if judgement.gives_up is None:
        return "It does not say what it offers, and is ranked behind all that do."
    if not judgement.gives_up:
        return f"It gives up nothing that {REFERENCE} offers."
    many = counted(len(judgement.gives_up), "trait")
    return f"It gives up {many} of {REFERENCE}: {traits_given_up(judgement)}."


def _predicted(prediction: Prediction | None, amount: Callable[[float], str]) -> str:
    if prediction is None:
        return ""
    is_close = prediction.margin < SHOWN_MARGIN
    return f"{amount(prediction.value)}{'' if is_close else f' {margin(prediction.margin)}'}"


def _over(
    verb: str, needed: Prediction, budget: float, amount: Callable[..., str], shown: str
) -> str:
    """Return `needs 117 MB of 64 MB`; `may need`, if only the upper end is too much."""
    is_sure = needed.value > budget
    worst = needed.value if is_sure else needed.high
    is_close = worst < budget * 1.01  # rounded to three digits, it might not look like more
    return f"{f'{verb}s' if is_sure else f'may {verb}'} {amount(worst, up=is_close)} of {shown}"
