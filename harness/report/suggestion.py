"""The command that a comparison ends with: one that works, and agrees with what was shown. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from callmeter.units import format_bytes, parse_bytes
from harness.analysis.candidate import candidates
from harness.analysis.choice import Limits, Payrolls, judge, winner
from harness.model.metrics import judged_by
from harness.model.summary import by_workload, incomplete
from harness.report import answer
from harness.report.comparison import shown_first

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.run import Run

NEED = "keep the ORM"


def command(run: Run, path: Path) -> str | None:
    """Return a `choose` command whose answer is the strategy shown for those who keep the ORM.

    None where that was not measured, or where anything is missing or broken.
    """
    if incomplete(run) or any(each.error for each in run.measurements):
        return None
    groups = by_workload(run)
    shown = shown_first(list(groups)) if groups else None
    if shown is None or shown[0].size is None:
        return None
    workload = shown[0]
    best = {each.need: each for each in answer.choices(run.header, groups[shown])}.get(NEED)
    key = judged_by(best.best.samples) if best else None
    if best is None or key is None:
        return None
    known = candidates(run, workload.components, str(workload.profile), key)
    needs = Limits(shown[0].size or 0, float("inf"), needs=best.traits)
    peaks = [each.peak for each in judge(known, needs) if each.strategy == best.best.name]
    if not peaks or peaks[0] is None:
        return None
    memory = format_bytes(peaks[0].high, up=True).replace(" ", "")
    limits = Limits(workload.size or 0, parse_bytes(memory), needs=best.traits)
    if winner(known, limits) != best.best.name:
        return None
    words = ["--entries", str(workload.size), "--memory", memory]
    words += [word for trait in best.traits for word in ("--need", trait)]
    if workload.components != Payrolls().components:
        words += ["--components", str(workload.components)]
    if workload.profile != Payrolls().profile:
        words += ["--profile", str(workload.profile)]
    return shlex.join(["python", "-m", "harness", "choose", *words, "--run", str(path)])
