"""What was tried against the harness, and how often it held: a row a fault, a column a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.reports.table import aligned
from tools.publish import trials

if TYPE_CHECKING:
    from pathlib import Path

    from tools.publish.trials import Trial


def make(paths: list[Path]) -> str:
    """Give a table for each file, and under it what was seen and on what it was tried."""
    return "\n\n".join(_one(trials.read(path)) for path in paths)


def _one(found: trials.Trials) -> str:
    places = list(dict.fromkeys(trial.where for trial in found.trials))
    by_what: dict[str, dict[str, Trial]] = {}
    for trial in found.trials:
        by_what.setdefault(trial.what, {})[trial.where] = trial
    table = [
        [what, *(_held(at[place]) if place in at else "" for place in places)]
        for what, at in by_what.items()
    ]
    seen = [f"- {each.what}, {each.where}: {each.seen}" for each in found.trials if each.seen]
    times, held = (
        sum(getattr(each, sum_of) for each in found.trials) for sum_of in ("times", "held")
    )
    said = [f"{times:,} tried, {held:,} held."] if times else []
    on = found.environment
    ran = f"<sub>`{found.command}`, {on['server']}, {on['python']}, commit {on['commit']}</sub>"
    parts = [aligned(["what was done", *places], table, "pipe"), "\n".join(seen), *said, ran]
    return "\n\n".join(part for part in parts if part)


def _held(trial: Trial) -> str:
    return f"{trial.held:,} of {trial.times:,}"
