"""Choose a strategy for a payroll size and a memory budget.

From a saved run; the published ones, if none is named.

Of the strategies that fit (every budget holds the upper end of the prediction, every --need is
offered), the one that gives up the fewest traits of full_orm, as it is done today; among equals,
the one with the lowest peak.

Shows which do not fit and why, which comes second, and what would change the answer. What a payroll
of that size needs is predicted from the sizes that the run measured. Nothing is measured by this
command. Exit code 1: nothing fits.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter import units
from harness.base import output
from harness.cli import _options as option
from harness.cli import _payroll as payroll
from harness.cli._measuring import command
from harness.cli._output import answer, busy
from harness.cli._parser import Option
from harness.cli._readers import count, one_of, path
from harness.model.metrics import PEAKS
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.candidate import Payrolls
    from harness.model.run import Run

EXAMPLES = (
    "choose --entries 50,000 --memory 256MB",
    "choose --entries 5e4 --memory 99MiB --time 2s --need mutable",
    "choose --entries 10,000 --memory 64MB --run run.jsonl",
    "choose --entries 1e4 --memory 64MB --format adr",
    "choose --entries 10,000 --memory 64MB --metric rss_peak",
)
ADR = "adr"
FORMS = [*option.FORMATS, ADR]

Entries = Annotated[
    int, Option("--entries", "Entries of the largest payroll to read.", count(), "N")
]
Memory = Annotated[
    str,
    Option(
        "--memory",
        "What the read may need at its peak, as 256MB. It is counted above what the process holds "
        f"before. Units: {', '.join(units.MEMORY)}.",
        metavar="SIZE",
    ),
]
Time = Annotated[
    str | None,
    Option(
        "--time",
        f"What the read may take, as 2s. Units: {', '.join(units.TIME)}.",
        metavar="TIME",
    ),
]
Needs = Annotated[
    list[str] | None,
    Option(
        "--need",
        f"A trait that must be offered; may be repeated. Traits: {', '.join(TRAITS)}.",
        one_of("trait", TRAITS),
        "TRAIT",
        is_many=True,
    ),
]
RunPaths = Annotated[
    list[Path] | None,
    Option(
        "--run",
        "The saved run; the published ones, if none is named. May be repeated: of each payroll, "
        "the first that measured it.",
        path,
        "RUN",
        is_many=True,
    ),
]
Metric = Annotated[
    str | None,
    Option(
        "--metric",
        f"Judge memory by {', '.join(PEAKS)}. By the first that the run has, if none is named.",
        one_of("peak to judge by", PEAKS),
        "KEY",
    ),
]
Form = Annotated[
    str,
    Option(
        "--format",
        f"One of {', '.join(FORMS)}. An adr is a decision record, as MADR has it.",
        one_of("format", FORMS),
        "FORM",
    ),
]


def run(
    entries: Entries,
    memory: Memory,
    time: Time = None,
    need: Needs = None,
    run_paths: RunPaths = None,
    metric: Metric = None,
    profile: payroll.ProfileName = "realistic",
    repetition: payroll.Repetition = 1,
    components: payroll.Components = 6,
    form: Form = "text",
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read, decide, write."""
    from harness.analysis.candidate import Payrolls
    from harness.analysis.choice import Limits, Source, decide
    from harness.model.merge import merge_runs
    from harness.model.saved import CHOSEN_FROM
    from harness.report import decision as report
    from harness.report import record

    seconds = None if time is None else units.parse_seconds(time)
    needs = tuple(dict.fromkeys(need or ()))
    limits = Limits(entries, units.parse_bytes(memory), seconds, needs)
    payrolls = Payrolls(components, profile, repetition)
    if output_path:
        output.check(output_path, "--output", replace=force)
    with busy("choosing"):
        found = _runs_of(payrolls, run_paths or CHOSEN_FROM)
        source = Source(" and ".join(map(_name, found)), command())
        decision = decide(merge_runs([*found.values()]), limits, payrolls, metric, source)
        document = (record if form == ADR else report).document(decision)
    answer(document, "markdown" if form == ADR else form, output_path)
    return 0 if decision.best else 1


def _runs_of(payrolls: Payrolls, paths: Iterable[Path]) -> dict[Path, Run]:
    """Read the runs; return those that know such payrolls, or else all."""
    from harness.model.cell import workloads
    from harness.model.saved import read

    found = {path: read(path) for path in paths}
    knowing = {
        path: run
        for path, run in found.items()
        if any(map(payrolls.has, workloads(m.cell for m in run.measurements)))
    }
    return knowing or found


def _name(path: Path) -> str:
    """Return the run's path below the repository, or its name alone: no folders of this machine."""
    from harness.model.saved import PUBLISHED

    root = PUBLISHED.parent
    below = Path(os.path.realpath(path))  # unlike resolve(), no error for links in a circle
    return below.relative_to(root).as_posix() if below.is_relative_to(root) else path.name
