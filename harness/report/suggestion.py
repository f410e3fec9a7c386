"""The command that a comparison ends with: one that works, and agrees with what was shown. Pure."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from callmeter.units import format_bytes, parse_bytes
from harness.analysis.candidate import candidates, payrolls_of
from harness.analysis.choice import Limits, judge, winner
from harness.model.summary import by_workload, incomplete
from harness.report import answer
from harness.report.comparison import shown_first

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.run import Run

HEADROOM = (1.5, 1.2, 1.1, 1.0)
"""Budgets to suggest, over what the strategy needs: the first at which it is still chosen."""


def command(run: Run, path: Path) -> str | None:
    """Return a `choose` command whose answer is the strategy shown for those who keep the ORM.

    None where that was not measured, or where anything is missing or broken.
    """
    groups = by_workload(run)
    if not groups or incomplete(run) or any(measurement.error for measurement in run.measurements):
        return None
    shown = shown_first(list(groups))
    choices = answer.choices(run.header, groups[shown])
    best = next((choice for choice in choices if choice.need == answer.ORM), None)
    entries, payrolls = shown[0].size, payrolls_of(shown[0])
    if best is None or entries is None or payrolls is None:
        return None
    known = candidates(run, payrolls, best.peak)
    limits = Limits(entries, float("inf"), needs=best.traits)
    peak = next(judged.peak for judged in judge(known, limits) if judged.strategy == best.best.name)
    if peak is None:
        return None
    budgets = (format_bytes(peak.high * room, up=True).replace(" ", "") for room in HEADROOM)
    memory = next(
        (
            budget
            for budget in budgets
            if winner(known, replace(limits, memory=parse_bytes(budget))) == best.best.name
        ),
        None,
    )
    if memory is None:
        return None
    words = ["--entries", str(entries), "--memory", memory]
    words += [word for trait in best.traits for word in ("--need", trait)]
    words += [*payrolls.options, "--run", str(path)]
    return shlex.join(["python", "-m", "harness", "choose", *words])
