"""What a strategy needs, misses and gives up, in words. Pure."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Protocol

from callmeter.units import MEMORY_SHOWN, TIME_SHOWN, format_bytes, format_seconds
from harness.analysis.container import is_too_many
from harness.model.cell import REFERENCE
from harness.report.format import (
    ALIKE,
    counted,
    exactly,
    faster,
    listed,
    margin,
    percent,
    smaller,
)
from harness.report.traits import costs_in_full

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.analysis.choice import Judgement, Limits
    from harness.model.run import Header

SHOWN_MARGIN = 0.01
"""The least margin that is shown: memory repeats within less."""


class Predicted(Protocol):
    """A figure that is shown with its margin: a prediction, or the sum of two."""

    @property
    def value(self) -> float:
        """The figure."""

    @property
    def margin(self) -> float:
        """How far the upper end is above it, as a share of it."""

    @property
    def high(self) -> float:
        """The upper end."""


def size(prediction: Predicted | None) -> str:
    """Return predicted bytes with their margin: `24.9 MB +-5%`, and without one below 1%."""
    return _predicted(prediction, format_bytes)


def time(prediction: Predicted | None) -> str:
    """Return predicted seconds with their margin: `2.32 s +-10%`."""
    return _predicted(prediction, format_seconds)


def memory_budget(limits: Limits) -> str:
    """Return the memory budget as it was given, in a decimal unit."""
    return exactly(limits.memory, MEMORY_SHOWN)


def calls(limits: Limits) -> str:
    """Return how many calls there are at once: `1 call`, `4 calls`."""
    return counted(limits.at_once, "call")


def time_budget(limits: Limits) -> str:
    """Return the time budget, if there is one."""
    return "" if limits.time is None else exactly(limits.time, TIME_SHOWN)


def budgets(limits: Limits) -> str:
    """Return the budgets: `256 MB and 2 s`, `a container of 512 MB`."""
    memory = f"{'a container of ' if limits.service else ''}{memory_budget(limits)}"
    return " and ".join(filter(None, (memory, time_budget(limits))))


def reasons(judgement: Judgement) -> list[str]:
    """Return why a strategy does not fit: `needs 117 MB of 64 MB`; nothing if it does."""
    if judgement.unmeasured:
        return [f"not measured: {judgement.unmeasured}"]
    limits, found = judgement.limits, []
    if judgement.need is None:
        found.append(_unknown(judgement))
    elif judgement.memory_share > 1:
        of = memory_budget(limits)
        found.append(_over("need", judgement.need, limits.memory, format_bytes, of))
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


def _unknown(judgement: Judgement) -> str:
    """Return what was not measured, so that nothing can be judged."""
    candidate, service = judgement.candidate, judgement.limits.service
    if service and is_too_many(candidate, service):
        only = listed(f"{number:,}" for number in candidate.resident)
        return f"{service.at_once:,} calls at once were not measured, only {only}"
    if not judgement.peak:
        return "its memory was not measured"
    beside = f" beside {REFERENCE}'s" if service and service.base is not None else ""
    return f"its base{beside if candidate.base else ''} was not measured"


def needs(judgement: Judgement) -> str:
    """Return the sentence on what a strategy will need, and which part of the budgets that is."""
    peak, wall, limits = judgement.peak, judgement.wall, judgement.limits
    parts = [_held(judgement)]
    if judgement.retained:
        parts.append(f"retains {format_bytes(judgement.retained.value)}")
    if wall:
        is_other = peak and wall.basis is not peak.basis
        parts.append(f"takes {time(wall)}{f' ({wall.basis})' if is_other else ''}")
    share = f"{percent(judgement.memory_share)} of the "
    share += "container" if limits.service else "memory budget"
    if limits.time is not None:
        share += f" and {percent(judgement.time_share)} of the time budget"
    return f"It {listed(parts)}: at worst {share}."


def _held(judgement: Judgement) -> str:
    """Return the memory that is needed: of one call at its peak, or with the base of a process."""
    peak, base, need = judgement.peak, judgement.base, judgement.need
    if judgement.limits.service is None or not (peak and base and need):
        return f"needs {size(peak)} at its peak{f' ({peak.basis})' if peak else ''}"
    limits = judgement.limits
    served = judgement.candidate.served_at(limits.entries, limits.at_once)
    many = f", times {served:.2f} as later calls of a worker peak" if served > 1 else ""
    return (
        f"needs {size(need)} ({size(base)} of base, {base.basis}; {size(peak)} at the peak of "
        f"{calls(limits)}, {peak.basis}{many})"
    )


def traits_given_up(judgement: Judgement) -> str:
    """Return the traits of the reference that a strategy gives up: `list, mutable`, `nothing`."""
    if judgement.gives_up is None:
        return "unknown"
    return ", ".join(judgement.gives_up) or "nothing"


def beside(judgement: Judgement, today: Judgement | None) -> str:
    """Return its time beside the reference's: `2.4x faster than full_orm`; "" if unknown."""
    one, other = judgement.wall, today.wall if today else None
    if not one or not other or judgement is today or not one.value or not other.value:
        return ""
    text = faster_than(one, other)
    return f"as fast as {REFERENCE}" if text == ALIKE else f"{text} than {REFERENCE}"


def smaller_than(one: Predicted, other: Predicted) -> str:
    """Return how many times smaller the one is; `alike` within the margins of both."""
    return ALIKE if _are_alike(one, other) else smaller(other.value / one.value)


def faster_than(one: Predicted, other: Predicted) -> str:
    """Return how many times faster the one is, in the digits that the margins of both allow."""
    if _are_alike(one, other):
        return ALIKE
    shortest = one.value * (1 - one.margin)
    low = other.value * max(0.0, 1 - other.margin) / one.high
    high = other.high / shortest if shortest > 0 else inf
    return faster(other.value / one.value, (low, high))


def _are_alike(one: Predicted, other: Predicted) -> bool:
    return abs(one.value - other.value) <= one.value * one.margin + other.value * other.margin


def costs_of(judgement: Judgement, header: Header) -> str:
    """Return what is given up for it, in the words of a comparison: `no ORM, a package`."""
    if judgement.strategy == REFERENCE:
        return "nothing changes"
    return f"costs: {costs_in_full(header, judgement.strategy)}"


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


def _predicted(prediction: Predicted | None, amount: Callable[[float], str]) -> str:
    if prediction is None:
        return ""
    is_close = prediction.margin < SHOWN_MARGIN
    return f"{amount(prediction.value)}{'' if is_close else f' {margin(prediction.margin)}'}"


def _over(
    verb: str, needed: Predicted, budget: float, amount: Callable[..., str], shown: str
) -> str:
    """Return `needs 117 MB of 64 MB`; `may need`, if only the upper end is too much."""
    is_sure = needed.value > budget
    worst = needed.value if is_sure else needed.high
    is_close = worst < budget * 1.01  # rounded to three digits, it might not look like more
    return f"{f'{verb}s' if is_sure else f'may {verb}'} {amount(worst, up=is_close)} of {shown}"
