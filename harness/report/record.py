"""A decision as a record of two screens, to be committed and argued with. Pure.

It has no date: the same run and limits always make the same text.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from callmeter.units import format_bytes
from harness.analysis.candidate import Payrolls, candidates
from harness.analysis.prediction import predict
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import caveats, record_changes, record_options
from harness.report import decision as report
from harness.report import judgement as words
from harness.report.document import Code, Heading, Pairs, Text, bullets
from harness.report.format import listed, percent
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.report.document import Block

MARGIN = (
    "A margin (+-) is how far repeats lie apart and how far a line through the measured sizes is "
    "off; below 1% it is not shown. A strategy fits if the upper end does."
)
RULE_IN_SHORT = (
    "The rule: of what fits and offers what is needed, what gives up the fewest traits of "
    f"{REFERENCE}; among equals, what needs the least memory."
)
LEFT_OUT = ("--run", "--format")
"""Options of the command that asked which its repetition has otherwise."""
TEST_OF = "peak"
"""The peak that a test's limit is about: what pytest's fixture measures of one call."""
MACHINE = {"processor": "", "cores": " cores"}
"""What of the environment times depend on most, and what stands behind it."""
DSN = '--dsn "$DSN"'


def blocks(decision: Decision) -> tuple[Block, ...]:
    """Return the blocks of the record, its title first."""
    return (
        *_context(decision),
        Heading("Options"),
        *record_options.blocks(decision),
        *_outcome(decision),
        Heading("What would change it"),
        Pairs(record_changes.changes(decision)),
        *_checks(decision),
    )


def _context(decision: Decision) -> Iterator[Block]:
    limits, today = decision.limits, report.today(decision)
    entries = f"{limits.entries:,}"
    yield Heading(
        f"Read payrolls of {entries} entries with {decision.best.strategy}"
        if decision.best
        else f"No strategy reads payrolls of {entries} entries within the limits",
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
    base = (
        "as measured, an interpreter with SQLAlchemy and a driver and nothing of the application: "
        "name yours with --base"
        if service.base is None
        else f"{format_bytes(service.base)}, as given"
    )
    return (
        "Memory is resident memory, which a container's limit counts: the base of the process "
        f"({base}) and the calls at once above it."
    )


def _outcome(decision: Decision) -> Iterator[Block]:
    best = decision.best
    yield Heading("Decision")
    if best is None:
        yield Text(f"None: nothing fits. {report.nearest(decision)}")
        return
    label = f"{best.candidate.label}." if best.candidate.label else ""
    yield Text(f"{best.strategy}; {report.price(decision, best)}.", is_strong=True)
    yield Text(" ".join(filter(None, (label, words.needs(best), *_gain(decision, best)))))
    rivals = report.smaller_and_faster(decision)
    yield Text(" ".join((_gives_up(best), *rivals, RULE_IN_SHORT)))


def _gain(decision: Decision, best: Judgement) -> Iterator[str]:
    """Yield how the container is filled, and how much less memory is needed than today."""
    for bar in report.bars(decision):
        yield f"{bar.lines[0]}."
    today = report.today(decision)
    if today and best is not today and best.need and today.need and best.need.value:
        change = words.smaller_than(best.need, today.need)
        yield f"Memory goes from {words.size(today.need)}: {change}."


def _gives_up(best: Judgement) -> str:
    """Return what callers lose, each trait in words."""
    if best.strategy == REFERENCE or not best.gives_up:
        return words.gives_up(best)
    lost = "; ".join(f"{trait} ({TRAITS.get(trait, trait)})" for trait in best.gives_up)
    return f"Callers can no longer rely on {lost}."


def _checks(decision: Decision) -> Iterator[Block]:
    """Yield the commands that repeat the decision, hold it, and try it where it must hold."""
    best = decision.best
    yield Heading("How it is checked")
    yield Text("On a Postgres like the one in production: measure, choose again, compare, hold.")
    yield Code(tuple(_commands(decision, best)), "sh")
    if best is None:
        return
    if limit := _limit_of_test(decision, best):
        yield Text(
            "In the application's tests, with as many entries; the limit is the "
            f"{METRICS[TEST_OF].title}:"
        )
        yield Code(
            (
                f'@pytest.mark.peak_memory("{limit}")',
                "def test_a_payroll_stays_small(memory, engine, payroll_id):",
                "    memory(get_premiums_for_payroll, engine, payroll_id)",
            ),
            "python",
        )
    if decision.limits.service:
        yield Text(
            f"In the container, without swap, after {words.calls(decision.limits)} at once on the "
            "largest payroll: oom_kill is 0 in /sys/fs/cgroup/memory.events. In a checkout of this "
            "project, make prove does so at many limits."
        )


def _commands(decision: Decision, best: Judgement | None) -> Iterator[str]:
    limits, (components, profile, repetition) = decision.limits, decision.payrolls
    names = dict.fromkeys([REFERENCE, *([best.strategy] if best else ())])
    usual = Payrolls()
    what = f" --components {components}" if components != usual.components else ""
    what += f" --profile {profile}" if profile != usual.profile else ""
    at_once = f" --at-once 1,{limits.at_once}" if limits.at_once > 1 else ""
    pools = f" --repetition {repetition}" if repetition != 1 else ""
    peak = decision.metric
    yield (
        f"python -m harness compare {' '.join(names)} --entries {limits.entries}"
        f"{what}{pools}{at_once} --meter {METRICS[peak].meter} --meter clock --save run.jsonl {DSN}"
    )
    yield f"{_asked(decision.source.command)} --run run.jsonl"
    yield "python -m harness report run.jsonl --beside published"
    if best:
        limit = f"--fail-on {peak}:5%"
        yield f"python -m harness check {best.strategy} --baseline run.jsonl {limit} {DSN}"


def _asked(command: str) -> str:
    """Return the command that asked, without its runs and its format."""
    asked, skip = [], False
    for word in shlex.split(command):
        name, has_value, _ = word.partition("=")
        if not skip and name not in LEFT_OUT:
            asked.append(word)
        skip = not skip and name in LEFT_OUT and not has_value
    return shlex.join(asked)


def _limit_of_test(decision: Decision, best: Judgement) -> str:
    """Return the peak of one call's allocations, at its upper end; "" if it was not measured."""
    found = candidates(decision.run, decision.payrolls, TEST_OF)
    points = next(one.peak for one in found if one.strategy == best.strategy)
    return format_bytes(predict(points, decision.limits.entries).high, up=True) if points else ""
