"""A decision as a record, as MADR lays it out (https://adr.github.io/madr). Pure.

It has no date: the same run and limits always make the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.candidate import RESIDENT
from harness.analysis.choice import RULE
from harness.analysis.thresholds import answers
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import caveats
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.document import Bullets, Code, Document, Heading, Pairs, Text
from harness.report.format import ALIKE
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
    today = report.today(decision)
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
            _memory(decision),
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
        yield from report.bars(decision)
        return
    yield from map(Text, report.smaller_and_faster(decision))
    yield Text(
        f'Chosen option: "{best.strategy}", because of the strategies within every limit it '
        f"disrupts least; {report.price(decision, best)}. {words.needs(best)} "
        f"{words.gives_up(best)}"
    )
    yield from report.bars(decision)
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
    at_once = f" --at-once {limits.at_once}" if limits.at_once > 1 else ""
    pools = f" --repetition {repetition}" if repetition != 1 else ""
    clock = " --meter clock" if limits.time is not None else ""
    yield Code(
        (
            f"python -m harness compare {best.strategy} --entries {limits.entries} "
            f"--components {components} --profile {profile}{pools}{at_once} "
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


def _memory(decision: Decision) -> str:
    """Return what memory is limited, and what it is judged by."""
    limits = decision.limits
    if limits.service:
        return (
            f"Memory: a container of {words.memory_budget(limits)}, judged by {COUNTED[RESIDENT]}: "
            f"the process's base and {words.calls(limits)} at once."
        )
    return (
        f"Memory: at most {words.memory_budget(limits)}, judged by the peak of "
        f"{COUNTED[decision.metric]}, above what the process held before the read."
    )


def _fits_and_gives_up(judgement: Judgement) -> str:
    fits = "yes" if judgement.fits else f"no: {'; '.join(words.reasons(judgement))}"
    return f"{fits}; gives up {words.traits_given_up(judgement)}"


def _consequences(decision: Decision, best: Judgement) -> Iterator[str]:
    """Yield what follows from taking the best, compared with the way it is done today."""
    today = report.today(decision)
    if best is today:
        yield f"Good, because nothing changes: {REFERENCE} is the way it is done today."
        return
    whole = "memory needed" if decision.limits.service else "peak"
    for what, one, other, amount, beside in (
        (whole, best.need, today and today.need, words.size, words.smaller_than),
        (
            "memory retained",
            best.retained,
            today and today.retained,
            words.size,
            words.smaller_than,
        ),
        ("time", best.wall, today and today.wall, words.time, words.faster_than),
    ):
        if one and other and one.value:
            change = beside(one, other)
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
