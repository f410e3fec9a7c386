"""A decision as a record of two screens of 80 columns, to be committed and argued with. Pure.

It has no date: the same run and limits always make the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.units import format_bytes
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import caveats, record_changes, record_checks, record_options
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.document import Heading, Pairs, Text, bullets
from harness.report.format import counted, listed, percent
from harness.report.traits import costs_in_full
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.report.document import Block

WIDTH = 80
"""Columns of the record as it is written: of a terminal, or of half a window beside the code."""
MARGIN = (
    "A margin (+-) is how far repeats and a line through the sizes are off; the upper end must fit."
)
RULE_IN_SHORT = (
    "The rule: of what fits and offers what is needed, what gives up the fewest traits of "
    f"{REFERENCE}; among equals, what needs least."
)
MACHINE = {"processor": "", "cores": " cores"}
"""What of the environment times depend on most, and what stands behind it."""


def blocks(decision: Decision) -> tuple[Block, ...]:
    """Return the blocks of the record, its title first."""
    return (
        *_context(decision),
        Heading("Options"),
        *record_options.blocks(decision),
        *_outcome(decision),
        Heading("What would change it"),
        Pairs(record_changes.changes(decision)),
        Heading("How it is checked"),
        *record_checks.blocks(decision, WIDTH),
    )


def _context(decision: Decision) -> Iterator[Block]:
    limits, today = decision.limits, report.today(decision)
    entries = counted(limits.entries, "entry")
    yield Heading(
        f"Read payrolls of {entries} with {decision.best.strategy}"
        if decision.best
        else f"No strategy reads payrolls of {entries} within the limits",
        level=1,
    )
    yield Heading("Context")
    label = f" ({today.candidate.label})" if today and today.candidate.label else ""
    needs = f" {_today(today)}" if today and today.need else ""
    needed = f" Callers need {listed(limits.needs)}." if limits.needs else ""
    yield Text(
        "get_premiums_for_payroll(engine, payroll_id) reads the premiums of a payroll from "
        f"Postgres and returns domain objects, today by {REFERENCE}{label}.{needs}"
    )
    yield Text(
        f"Which way of mapping rows to objects reads {report.payroll(decision)}, within "
        f"{words.budgets(limits)}?{needed} {_memory(decision)}"
    )
    known = decision.run.header.environment
    machine = ", ".join(f"{known[key]}{what}" for key, what in MACHINE.items() if key in known)
    timed = f" Times are of {machine}, server included; yours differ." if machine else ""
    yield Text(f"Measured: {caveats.origin(decision)}.{timed} {MARGIN}")
    yield from bullets(caveats.warnings(decision))


def _today(today: Judgement) -> str:
    """Return what the present way needs, and which part of the limit that is."""
    whole = "container" if today.limits.service else "memory budget"
    share = percent(today.memory_share)
    return f"That needs {words.size(today.need)}: at worst {share} of the {whole}."


def _memory(decision: Decision) -> str:
    """Return what memory is, and what of it is the application's."""
    service = decision.limits.service
    if service is None:
        return (
            f"Memory is the {METRICS[decision.metric].title} of one call; the process's base and "
            "other calls at once come on top."
        )
    base = "as measured" if service.base is None else f"{format_bytes(service.base)}, as given"
    return f"Memory is resident: the base ({base}) and the calls above it."


def _outcome(decision: Decision) -> Iterator[Block]:
    best = decision.best
    yield Heading("Decision")
    if best is None:
        yield Text(f"None: nothing fits. {report.nearest(decision)}")
        return
    label = f"{best.candidate.label}." if best.candidate.label else ""
    yield Text(f"{best.strategy}; {report.price(decision, best)}.", is_strong=True)
    yield Text(" ".join(filter(None, (label, words.needs(best), *_gain(decision, best)))))
    yield Text(" ".join((_gives_up(best), *_smaller_and_faster(decision), RULE_IN_SHORT)))


def _gain(decision: Decision, best: Judgement) -> Iterator[str]:
    """Yield how the container is filled, and how much less memory that is than today."""
    for bar in report.bars(decision):
        yield f"{bar.lines[0]}."
    today = report.today(decision)
    if today and best is not today and best.need and today.need and best.need.value:
        yield f"Beside {REFERENCE}'s: {words.smaller_than(best.need, today.need)}."


def _gives_up(best: Judgement) -> str:
    """Return what callers lose, each trait in words."""
    if best.strategy == REFERENCE or not best.gives_up:
        return words.gives_up(best)
    lost = "; ".join(f"{trait} ({TRAITS.get(trait, trait)})" for trait in best.gives_up)
    return f"Callers can no longer rely on {lost}."


def _smaller_and_faster(decision: Decision) -> Iterator[str]:
    """Yield what the next best that is both costs more; its figures are among the options."""
    best, other = decision.best, report.rival(decision)
    if best and other:
        more = costs_in_full(decision.run.header, other.strategy, beside=best.strategy)
        yield f"{other.strategy} is smaller and faster, and also costs: {more}."
