"""How figures, reasons and limits are said; every form of a decision says them alike."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from math import floor, isfinite, log10
from textwrap import fill
from typing import TYPE_CHECKING

from harness.plan import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.choice import Limits, Verdict
    from harness.predict import Prediction

COLUMNS = 100
MOST_DIGITS = 1e15
MEMORY_UNITS = ((1e10, 1e9, "GB"), (1e5, 1e6, "MB"), (1e3, 1e3, "kB"), (0, 1, "B"))
TIME_UNITS = ((1, 1, "s"), (1e-3, 1e-3, "ms"), (0, 1e-6, "us"))
"""From that figure on, that many of it are one, and what it is called."""


def size(value: float, *, up: bool = False) -> str:
    """Say bytes to three digits, rounded up where it must be no less: `127 MB`."""
    return _said(value, MEMORY_UNITS, up=up)


def duration(value: float, *, up: bool = False) -> str:
    """Say seconds to three digits, rounded up where it must be no less: `1.23 s`."""
    return _said(value, TIME_UNITS, up=up)


def count(value: float) -> str:
    """Say a number of entries to three digits: `83,200`."""
    return f"{float(f'{value:.2e}'):,.0f}"


def digits(value: float, *, up: bool = False) -> str:
    """Say a number to three digits, those before the point whole."""
    if not value or not isfinite(value) or value >= MOST_DIGITS:
        return f"{value:.3g}"
    places = max(0, 2 - floor(log10(abs(value))))
    rounding = ROUND_CEILING if up else ROUND_HALF_EVEN
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding)
    return f"{rounded:,}"


def margin(share: float) -> str:
    """Say a margin: `+-2%`, `+-0.5%`."""
    return f"+-{share:.0%}" if share >= 0.0095 else f"+-{share:.1%}"


def predicted_size(prediction: Prediction | None) -> str:
    """Say predicted bytes with their margin; nothing for none."""
    return f"{size(prediction.value)} {margin(prediction.margin)}" if prediction else ""


def predicted_time(prediction: Prediction | None) -> str:
    """Say predicted seconds with their margin; nothing for none."""
    return f"{duration(prediction.value)} {margin(prediction.margin)}" if prediction else ""


def memory_budget(limits: Limits) -> str:
    """Say the memory budget as it was given, in a decimal unit."""
    return _whole(limits.memory, MEMORY_UNITS)


def time_budget(limits: Limits) -> str:
    """Say the time budget; nothing for none."""
    return _whole(limits.time, TIME_UNITS) if limits.time is not None else ""


def budgets(limits: Limits) -> str:
    """Say both: `256 MB and 2 s`."""
    return " and ".join(filter(None, (memory_budget(limits), time_budget(limits))))


def listed(words: Iterable[str], last: str = "and") -> str:
    """Say `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def wrapped(text: str, first: str = "", others: str = "") -> str:
    """Give the text in lines of 100 columns, behind those indents; words stay whole."""
    return fill(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )


def reasons(verdict: Verdict) -> list[str]:
    """Say why a strategy does not fit; nothing if it does."""
    if verdict.unmeasured:
        return [f"not measured: {verdict.unmeasured}"]
    limits, found = verdict.limits, []
    if verdict.peak and verdict.of_memory > 1:
        needs, most = _at_worst(verdict.peak, limits.memory, "need")
        most_said = size(most, up=_is_close(most, limits.memory))
        found.append(f"{needs} {most_said} of {memory_budget(limits)}")
    if limits.time is not None and verdict.wall is None:
        found.append("its time was not measured")
    elif limits.time is not None and verdict.wall and verdict.of_time > 1:
        takes, longest = _at_worst(verdict.wall, limits.time, "take")
        longest_said = duration(longest, up=_is_close(longest, limits.time))
        found.append(f"{takes} {longest_said} of {time_budget(limits)}")
    if verdict.way.offers is None and verdict.lacks:
        found.append("does not say what it offers")
    elif verdict.lacks:
        found.append(f"lacks {listed(verdict.lacks)}")
    return found


def misses_by(verdict: Verdict) -> str:
    """Say by how much a strategy misses the limits."""
    limits, found = verdict.limits, []
    if verdict.peak and verdict.of_memory > 1:
        over = verdict.peak.high - limits.memory
        found.append(
            f"--memory by {size(over, up=True)} ({_times(verdict.of_memory)} the budget, at worst)"
        )
    if limits.time is not None and verdict.wall and verdict.of_time > 1:
        over = verdict.wall.high - limits.time
        found.append(
            f"--time by {duration(over, up=True)} ({_times(verdict.of_time)} the budget, at worst)"
        )
    if verdict.lacks:
        found.append(listed(f"--need {need}" for need in verdict.lacks))
    return f"misses {listed(found)}" if found else listed(reasons(verdict))


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
        parts.append(f"retains {size(verdict.delta.value)}")
    if verdict.wall:
        parts.append(f"takes {predicted_time(verdict.wall)}")
    share = f"{percent(verdict.of_memory)} of the memory budget"
    if verdict.limits.time is not None:
        share += f" and {percent(verdict.of_time)} of the time budget"
    return f"It {listed(parts)}: at worst {share}"


def percent(share: float) -> str:
    """Say a share: `43%`, `0.61%`."""
    return f"{digits(share * 100)}%" if share < 0.01 else f"{share:.0%}"


def _times(ratio: float) -> str:
    return f"{digits(ratio, up=True)}x"


def _at_worst(prediction: Prediction, budget: float, verb: str) -> tuple[str, float]:
    """Give `needs` and the figure; if only its upper end is too much, `may need` and that."""
    if prediction.value > budget:
        return f"{verb}s", prediction.value
    return f"may {verb}", prediction.high


def _is_close(figure: float, budget: float) -> bool:
    """Tell whether a figure over its budget, rounded to three digits, might not look it."""
    return figure < budget * 1.01


def _said(value: float, units: tuple[tuple[float, float, str], ...], *, up: bool) -> str:
    one, unit = _unit(value, units)
    return f"{digits(value / one, up=up)} {unit}"


def _whole(value: float, units: tuple[tuple[float, float, str], ...]) -> str:
    one, unit = _unit(value, units)
    return f"{value / one:,.3f}".rstrip("0").rstrip(".") + f" {unit}"


def _unit(value: float, units: tuple[tuple[float, float, str], ...]) -> tuple[float, str]:
    return next((one, unit) for start, one, unit in units if value >= start)
