"""A decision record as MADR lays it out (https://adr.github.io/madr), ready to commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter import units
from harness.analysis.choice import RULE
from harness.base.escape import in_markdown
from harness.report import words
from harness.report.choices import _grid as grid
from harness.report.choices import _options as options
from harness.report.choices import _sentences as sentences
from harness.report.choices import _words as say
from harness.report.words import ran_on
from harness.runner.plan import REFERENCE
from strategies.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Verdict
    from harness.analysis.decision import Decision


def render(decision: Decision) -> str:
    """Give the record. It has no date: the same run and limits always give the same text."""
    best = decision.best
    entries = f"{decision.limits.entries:,}"
    title = (
        f"Read payrolls of {entries} entries with {best.way.strategy}"
        if best
        else f"No strategy reads payrolls of {entries} entries within the limits"
    )
    parts = ["---", "status: proposed", "---", "", f"# {title}", "", *_context(decision)]
    parts += ["", "## Decision Drivers", "", *_drivers(decision)]
    parts += ["", "## Considered Options", ""]
    parts += [f"* `{each.way.strategy}`: {each.way.label}" for each in decision.verdicts]
    parts += ["", "## Decision Outcome", "", *_outcome(decision)]
    parts += ["", "## Pros and Cons of the Options", "", grid.every(decision.verdicts, "pipe")]
    for verdict in decision.verdicts:
        parts += ["", *options.pros_and_cons(verdict)]
    wrapped = _wrapped([*parts, "", "## More Information", "", *_more(decision)])
    return "\n".join(map(in_markdown, wrapped))


def _wrapped(lines: list[str]) -> Iterator[str]:
    """Give the lines in 100 columns, so that a change shows where it is; not tables and code."""
    is_code = False
    for line in lines:
        is_code ^= line == "```sh" or line == "```"
        indent = "  " if line.startswith("*") else ""
        is_prose = not is_code and not line.startswith(("|", "#"))
        yield words.wrapped(line, "", indent) if is_prose else line


def _context(decision: Decision) -> list[str]:
    today = decision.reference
    needs = ""
    if today and today.peak:
        retains = f" and retains {units.format_bytes(today.delta.value)}" if today.delta else ""
        needs = (
            f" For {sentences.payroll(decision)}, that needs {say.predicted_size(today.peak)} at "
            f"its peak{retains}."
        )
    return [
        "## Context and Problem Statement",
        "",
        "The repository function `get_premiums_for_payroll(engine, payroll_id)` reads the premiums "
        f"of a payroll from Postgres and gives them as domain objects. Today that is `{REFERENCE}`"
        f"{f' ({today.way.label})' if today else ''}.{needs}",
        "",
        "Which way of mapping rows to domain objects should the function use, so that reading a "
        f"payroll of {decision.limits.entries:,} entries stays within "
        f"{say.budgets(decision.limits)}?",
    ]


def _drivers(decision: Decision) -> list[str]:
    limits = decision.limits
    drivers = [
        f"* Memory: at most {say.memory_budget(limits)}, judged by {decision.judged_by.said}, "
        "above what the process held before the read."
    ]
    if limits.time is not None:
        drivers.append(f"* Time: at most {say.time_budget(limits)} for a read, connection warm.")
    drivers += [f"* `{need}` is needed: {TRAITS.get(need, need)}." for need in limits.needs]
    return [
        *drivers,
        f"* Little disruption: the code that calls the function relies on what `{REFERENCE}` "
        "offers, so each trait given up is work, or a risk.",
    ]


def _outcome(decision: Decision) -> list[str]:
    best = decision.best
    if best is None:
        nearest = decision.verdicts[0]
        return [
            "Chosen option: none, because nothing meets the limits. The nearest is "
            f"`{nearest.way.strategy}`, which {say.misses_by(nearest)}.",
            "",
            "### Consequences",
            "",
            "* Bad, because a limit has to give before such a payroll can be read: see what would "
            "change the decision, under More Information.",
        ]
    return [
        f'Chosen option: "{best.way.strategy}", because of the strategies within every limit it '
        f"disrupts least. {say.needs_sentence(best)}. {say.gives_up_sentence(best)}.",
        "",
        f"Runner-up: {sentences.runner_up(decision)} {' '.join(sentences.extremes(decision))}",
        "",
        f"The rule: {RULE}",
        "",
        "### Consequences",
        "",
        *options.consequences(decision, best),
        "",
        "### Confirmation",
        "",
        *_confirmation(decision, best),
    ]


def _confirmation(decision: Decision, best: Verdict) -> list[str]:
    """Say how to see that the decision holds where the code will run."""
    limits = decision.limits
    meters = f"--meter {decision.meter}" + " --meter clock" * (limits.time is not None)
    return [
        "The contract suite reads the same payrolls through every strategy and compares each "
        "value; another test tries every trait that a strategy offers. Before it is released, "
        "measure it at this size, on a Postgres like the one in production:",
        "",
        "```sh",
        f"python -m harness compare {best.way.strategy} --entries {limits.entries} "
        f"--components {decision.payrolls.components} --profile {decision.payrolls.profile} "
        f"{meters} --dsn postgresql://...",
        "```",
        "",
        f"The decision holds as long as the figures stay within {say.budgets(limits)}.",
    ]


def _more(decision: Decision) -> list[str]:
    parts = ["What would change the decision, all else equal:", ""]
    parts += [f"* `{option}`: {words}." for option, words in sentences.what_changes_it(decision)]
    parts += ["", "How far the figures can be trusted:", ""]
    parts += [f"* {note}" for note in sentences.notes(decision)]
    return [
        *parts,
        "",
        f"Every figure is from `{decision.source.run.replace(' and ', '` and `')}`, made with "
        f"`{decision.run.header.command}`, on: {ran_on(decision.run)}. "
        "This record was written by:",
        "",
        "```sh",
        decision.source.command,
        "```",
    ]
