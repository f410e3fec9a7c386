"""How a decision is checked: the commands that repeat it and hold it, and a test. Pure."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from callmeter.units import format_bytes
from harness.analysis.candidate import candidates
from harness.analysis.prediction import predict
from harness.model.cell import REFERENCE
from harness.model.metrics import METRICS
from harness.report import judgement as words
from harness.report.document import Code, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.choice import Decision, Judgement
    from harness.report.document import Block

LEFT_OUT = ("--run", "--format")
"""Options of the command that asked: its repetition has others in their place."""
TEST_OF = "peak"
"""The peak that a test's limit is about: what pytest's fixture measures of one call."""
DSN = '--dsn "$DSN"'
CONTINUED = " \\"
"""The end of a command's line that is not its last."""
WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")
"""A word as a shell reads it, with its quotes."""


def blocks(decision: Decision, width: int) -> Iterator[Block]:
    """Yield the commands, in lines of that width where words allow, and the test."""
    best = decision.best
    yield Text("On a Postgres like the one in production: measure, choose again, compare, hold.")
    lines = (line for command in _commands(decision, best) for line in broken(command, width))
    yield Code(tuple(lines), "sh")
    if best is None:
        return
    if limit := _limit_of_test(decision, best):
        yield Code(
            (
                "# In the application's tests, with as many entries: of all allocations.",
                f'@pytest.mark.peak_memory("{limit}")',
                "def test_a_payroll_stays_small(memory, engine, payroll_id):",
                "    memory(get_premiums_for_payroll, engine, payroll_id)",
            ),
            "python",
        )
    if decision.limits.service:
        yield Text(
            f"In the container, without swap, after {words.calls(decision.limits)} at once on the "
            "largest payroll: oom_kill is 0 in /sys/fs/cgroup/memory.events."
        )


def broken(command: str, width: int) -> list[str]:
    """Return a command in lines that a shell joins, each of that width unless a word is wider.

    It is broken before an option, so that an option's value stays with it.
    """
    parts: list[str] = []
    for word in WORD.findall(command):
        if parts and not word.startswith("--"):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    lines = parts[:1]
    for nth, part in enumerate(parts[1:], 2):
        room = width - len(CONTINUED) * (nth < len(parts))
        if len(f"{lines[-1]} {part}") <= room:
            lines[-1] += f" {part}"
        else:
            lines[-1] += CONTINUED
            lines.append(f"    {part}")
    return lines


def _commands(decision: Decision, best: Judgement | None) -> Iterator[str]:
    limits, peak = decision.limits, decision.metric
    names = dict.fromkeys([REFERENCE, *([best.strategy] if best else ())])
    options = ["--entries", str(limits.entries), *decision.payrolls.options]
    options += ["--at-once", f"1,{limits.at_once}"] if limits.at_once > 1 else []
    yield (
        f"python -m harness compare {shlex.join([*names, *options])} --meter {METRICS[peak].meter} "
        f"--meter clock --save run.jsonl {DSN}"
    )
    yield f"{_asked(decision.source.command)} --run run.jsonl"
    yield "python -m harness report run.jsonl --beside published"
    if best:
        limit = f"--fail-on {peak}:5%"
        name = shlex.quote(best.strategy)
        yield f"python -m harness check {name} --baseline run.jsonl {limit} {DSN}"


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
