"""A decision as a record, as MADR lays it out (https://adr.github.io/madr). Pure.

It has no date: the same run and limits always make the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.choice import RULE
from harness.analysis.thresholds import answers
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import caveats
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.document import Bullets, Code, Document, Heading, Pairs, Text
from harness.report.format import ALIKE, faster, smaller
from harness.report.notes import COUNTED
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.analysis.thresholds import Answers
    from harness.report.document import Block


def document(decision: Decision) -> Document:
    """Return the record, ready to be committed."""
    found = answers(decision.candidates, decision.limits)
    blocks = (
        *_context(decision),
        *_outcome(decision),
        *_options(decision),
        *_more(decision, found),
    )
    return Document(blocks, front_matter={"status": "proposed"})


def _context(decision: Decision) -> Iterator[Block]:
    limits, entries = decision.limits, f"{decision.limits.entries:,}"
    today = _today(decision)
    needs = f" {words.needs(today)}" if today and today.peak else ""
    yield Heading(
        f"Read payrolls of {entries} entries with {decision.best.strategy}"
        if decision.best
        else f"No strategy reads payrolls of {entries} entries within the limits",
        level=1,
    )
    yield Heading("Context and Problem Statement")
    yield Text(
        "The repository function get_premiums_for_payroll(engine, payroll_id) reads the premiums "
        f"of a payroll from Postgres and returns them as domain objects. Today that is {REFERENCE}"
        f"{f' ({today.candidate.label})' if today else ''}.{needs}"
    )
    yield Text(
        "Which way of mapping rows to domain objects should the function use, so that reading "
        f"{report.payroll(decision)}, stays within {words.budgets(limits)}?"
    )
    yield Heading("Decision Drivers")
    time = f"Time: at most {words.time_budget(limits)} for a read, connection warm."
    yield Bullets(
        (
            f"Memory: at most {words.memory_budget(limits)}, judged by "
            f"the peak of {COUNTED[decision.metric]}, above what the process held before the read.",
            *([time] if limits.time is not None else ()),
            *(f"{need} is needed: {TRAITS.get(need, need)}." for need in limits.needs),
            f"Little disruption: the code that calls the function relies on what {REFERENCE} "
            "offers, so each trait given up is work, or a risk.",
        )
    )
    yield Heading("Considered Options")
    labels = ((judgement.strategy, judgement.candidate.label) for judgement in decision.judgements)
    yield Bullets(tuple(": ".join(filter(None, pair)) for pair in labels))


def _outcome(decision: Decision) -> Iterator[Block]:
    best = decision.best
    yield Heading("Decision Outcome")
    if best is None:
        nearest = report.nearest(decision)
        yield Text(f"Chosen option: none, because nothing meets the limits. {nearest}")
        return
    yield Text(
        f'Chosen option: "{best.strategy}", because of the strategies within every limit it '
        f"disrupts least. {words.needs(best)} {words.gives_up(best)}"
    )
    yield Text(report.runner_up(decision))
    yield Text(f"The rule: {RULE}")
    yield Heading("Consequences", level=3)
    yield Bullets(tuple(_consequences(decision, best)))
    yield Heading("Confirmation", level=3)
    yield Text(
        "The contract suite reads the same payrolls through every strategy and compares each "
        "value; another test tries every trait that a strategy offers. Before it is released, "
        "measure it at this size, on a Postgres like the one in production:"
    )
    limits, (components, profile, repetition) = decision.limits, decision.payrolls
    pools = f" --repetition {repetition}" if repetition != 1 else ""
    clock = " --meter clock" if limits.time is not None else ""
    yield Code(
        (
            f"python -m harness compare {best.strategy} --entries {limits.entries} "
            f"--components {components} --profile {profile}{pools} "
            f"--meter {METRICS[decision.metric].meter}{clock} --dsn postgresql://...",
        ),
        "sh",
    )
    yield Text(f"The decision holds as long as the values stay within {words.budgets(limits)}.")


def _options(decision: Decision) -> Iterator[Block]:
    yield Heading("Pros and Cons of the Options")
    rows = ((judgement, _fits_and_gives_up(judgement)) for judgement in decision.judgements)
    yield from report.strategies(rows, "fits, and gives up")


def _more(decision: Decision, found: Answers) -> Iterator[Block]:
    yield Heading("More Information")
    yield Pairs(
        report.what_changes_it(decision, found),
        "What would change the decision, all else equal:",
    )
    notes = (*caveats.warnings(decision), *caveats.remarks(decision))
    yield Bullets(notes, "How far the values can be trusted:")
    yield Text(
        f"Every value is from {caveats.origin(decision)}; made with {decision.run.header.command}. "
        "This record was written by:"
    )
    yield Code((decision.source.command,), "sh")


def _today(decision: Decision) -> Judgement | None:
    return next(
        (judgement for judgement in decision.judgements if judgement.strategy == REFERENCE), None
    )


def _fits_and_gives_up(judgement: Judgement) -> str:
    fits = "yes" if judgement.fits else f"no: {'; '.join(words.reasons(judgement))}"
    return f"{fits}; gives up {words.traits_given_up(judgement)}"


def _consequences(decision: Decision, best: Judgement) -> Iterator[str]:
    """Yield what follows from taking the best, compared with the way it is done today."""
    today = _today(decision)
    if best is today:
        yield f"Good, because nothing changes: {REFERENCE} is the way it is done today."
        return
    for what, one, other, amount, ratio in (
        ("peak", best.peak, today and today.peak, words.size, smaller),
        ("memory retained", best.retained, today and today.retained, words.size, smaller),
        ("time", best.wall, today and today.wall, words.time, faster),
    ):
        if one and other and one.value:
            margins = one.value * one.margin + other.value * other.margin
            is_alike = abs(one.value - other.value) <= margins
            change = ALIKE if is_alike else ratio(other.value / one.value)
            word = "Good" if one.value < other.value else "Bad"
            yield (
                f"{'Neutral' if change == ALIKE else word}, because the {what} goes from "
                f"{amount(other)} to {amount(one)}: {change}."
            )
    if best.gives_up:
        for trait in best.gives_up:
            yield f"Bad, because it gives up {trait} ({TRAITS.get(trait, trait)})."
    else:
        word = "Bad" if best.gives_up is None else "Good"
        yield f"{word}, because it gives up {words.traits_given_up(best)}."
