"""The options that matter of a decision: a few of the strategies, with why each is there. Pure."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from harness.analysis.prediction import Basis
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.answer import NEEDS
from harness.report.document import Pairs, Text
from harness.report.traits import costs_in_full

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.report.document import Block

TODAY = "as today"


def blocks(decision: Decision) -> Iterator[Block]:
    """Yield each option with its memory, its time, why it matters and what it costs."""
    found = options(decision)
    yield Pairs(tuple((one.strategy, _described(decision, one, why)) for one, why in found))
    others = len(decision.judgements) - len(found)
    fit = len(decision.fitting) - sum(judgement.fits for judgement, _ in found)
    calls = words.calls(decision.limits)
    is_in_turn = any(one.wall and one.wall.basis is Basis.IN_TURN for one, _ in found)
    in_turn = ", timed one by one, as if in turn" if is_in_turn else ""
    rest = f" Of {others:,} others {fit:,} fit; choose without --format has all." if others else ""
    yield Text(f"Memory and time are of {calls}{in_turn}.{rest}")


def _described(decision: Decision, judgement: Judgement, why: list[str]) -> str:
    """Return the figures of an option, its reasons, what it costs and what it misses."""
    figures = [words.size(judgement.need) or "memory not measured", words.time(judgement.wall)]
    parts = [", ".join(filter(None, figures)), *why]
    if judgement.strategy != decision.run.header.reference:
        parts.append(f"costs: {costs_in_full(decision.run.header, judgement.strategy)}")
    if not judgement.fits:
        parts += words.reasons(judgement)
    return f"{'; '.join(parts)}."


def options(decision: Decision) -> list[tuple[Judgement, list[str]]]:
    """Return the judgements that matter, best first, each with the reasons why it does."""
    fitting = decision.fitting
    rejected = [one for one in decision.judgements if not one.fits and one.need]
    named = [*zip(fitting, ("recommended", "runner-up"), strict=False)]
    if better := report.rival(decision):
        named.append((better, "smaller and faster"))
    named += [(one, f"leanest to {need}") for need, one in _leanest(fitting)]
    named += [(one, "nearest rejected") for one in rejected[:1]]
    if now := report.today(decision):
        named.append((now, TODAY))
    reasons: dict[str, list[str]] = {}
    for judgement, reason in named:
        reasons.setdefault(judgement.strategy, []).append(reason)
    return [(one, reasons[one.strategy]) for one in decision.judgements if one.strategy in reasons]


def _leanest(fitting: list[Judgement]) -> Iterator[tuple[str, Judgement]]:
    """Yield for each need of a caller what fits, offers it and needs the least memory.

    What is leanest for several needs is yielded once, for the first, which asks for most.
    """
    found: dict[str, tuple[str, Judgement]] = {}
    for need, traits in NEEDS.items():
        able = [one for one in fitting if {*traits} <= (one.candidate.offers or frozenset())]
        if able:
            best = min(able, key=lambda one: one.need.high if one.need else inf)
            found.setdefault(best.strategy, (need, best))
    yield from found.values()
