"""The options that matter of a decision: a few of the strategies, with why each is there. Pure."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from harness.analysis.prediction import Basis
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.answer import NEEDS
from harness.report.document import Note, table
from harness.report.traits import costs, given_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.report.document import Block

TODAY = "as today"


def blocks(decision: Decision) -> Iterator[Block]:
    """Yield the table of the options, and how many strategies are not in it."""
    found = options(decision)
    time = f"time of {words.calls(decision.limits)}"
    rows = [
        (
            judgement.strategy,
            "; ".join(reasons),
            words.size(judgement.need) or "not measured",
            words.time(judgement.wall),
            _costs(decision, judgement),
        )
        for judgement, reasons in found
    ]
    headings = ("option", "why it is here", "memory", time, "costs")
    yield from table(headings, rows, text_columns=2, last_is_text=True)
    others = len(decision.judgements) - len(found)
    fit = len(decision.fitting) - sum(judgement.fits for judgement, _ in found)
    parts = []
    if any(one.wall and one.wall.basis is Basis.IN_TURN for one, _ in found):
        parts.append("Calls were timed one by one: times are as if they came in turn.")
    if others:
        parts.append(
            f"Of {others:,} other strategies {fit:,} fit; choose without --format has all."
        )
    if parts:
        yield Note(" ".join(parts))


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
            best = min(able, key=lambda one: one.need.value if one.need else inf)
            found.setdefault(best.strategy, (need, best))
    yield from found.values()


def _costs(decision: Decision, judgement: Judgement) -> str:
    """Return what it costs beside memory and time, and what it misses where it does not fit."""
    header = decision.run.header
    lost = given_up(header, judgement.strategy)
    text = "unknown" if lost is None else ", ".join(costs(lost)) or "nothing"
    if judgement.strategy == header.reference:
        text = "nothing changes"
    return (
        text if judgement.fits else f"{text}; does not fit: {', '.join(words.reasons(judgement))}"
    )
