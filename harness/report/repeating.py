"""What the chosen strategy needs where values repeat less, in a sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callmeter.units import format_bytes
from harness.analysis.candidate import Payrolls
from harness.analysis.values import growth
from harness.model.cell import how_values_repeat
from harness.model.metrics import METRICS
from harness.report import judgement as words

if TYPE_CHECKING:
    from harness.analysis.choice import Decision


class Grown(NamedTuple):
    """The sentence on how much higher the peak is there, and whether that still fits."""

    text: str
    fits: bool


def grown(decision: Decision) -> Grown | None:
    """Return by how much the chosen one's peak grows at most, as far as measured; or None."""
    limits, best, most = decision.limits, decision.best, growth(decision)
    if best is None or most is None:
        return None
    text = (
        f"One call of {best.strategy} peaks {most.times:.2f}x as high with "
        f"{in_words(most.payrolls)} ({METRICS[most.metric].title}, {most.entries:,} entries)"
    )
    if best.need is None or most.times <= 1:
        return Grown(f"{text}.", fits=True)
    whole = best.need.base.high + best.need.calls.high * most.times
    fits = whole <= limits.memory
    return Grown(
        f"{text}; if the peak of {words.calls(limits)} grows as much, at worst "
        f"{format_bytes(whole, up=True)} of {words.memory_budget(limits)} are needed, which "
        f"{'fits' if fits else 'does not fit'}.",
        fits,
    )


def in_words(payrolls: Payrolls) -> str:
    """Return how values repeat there, the usual profile left out: `pools 5x`."""
    if payrolls.profile == Payrolls().profile and payrolls.repetition > 1:
        return f"pools {payrolls.repetition:,}x"
    return how_values_repeat(payrolls.profile, payrolls.repetition)
