"""Choose a strategy for a payroll size and a memory budget, from a saved run.

Of the strategies that fit (every budget holds the upper end of the prediction, every --need is
offered), the one that gives up the fewest traits of full_orm, the way it is done today; among
equals, the one with the lowest peak.

Says which do not fit and why, who comes second, and what would change the answer. What a payroll
of that size needs is predicted from the sizes that the run measured. Nothing is measured here.
Exit code 1: nothing fits.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callmeter import discovery, units
from harness.analysis.choice import Limits
from harness.analysis.decision import Source, decide
from harness.analysis.ways import JUDGED_BY, Payrolls
from harness.base import output
from harness.cli import _options as option
from harness.cli._measuring import answer
from harness.model import run as results
from harness.model.fields import MOST
from harness.model.joined import joined
from harness.payroll.generator import Profile
from harness.report import choices
from strategies.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.run import Run

EXAMPLES = """Examples:

python -m harness choose --entries 50000 --memory 256MB

python -m harness choose --entries 50000 --memory 256MiB --time 2s --need mutable --need list

python -m harness choose --entries 10000 --memory 64MB --meter rss

python -m harness choose --entries 10000 --memory 64MB --run run.jsonl

python -m harness choose --entries 10000 --memory 64MB --format adr --output 0001-premiums.md
"""

FORMS = discovery.names(choices)

Entries = Annotated[
    int, typer.Option(min=1, max=MOST, help="Entries of the largest payroll to read.")
]
Memory = Annotated[
    str,
    typer.Option(
        help="What the read may need at its peak, above what the process holds before: a number "
        f"and a unit, {', '.join(units.MEMORY)}.",
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        help=f"What the read may take: a number and a unit, {', '.join(units.TIME)}.",
        show_default=False,
    ),
]
Needs = Annotated[
    list[str] | None,
    typer.Option(
        "--need",
        callback=option.all_of("trait", TRAITS),
        help=f"A trait that must be offered; may be repeated: {', '.join(TRAITS)}.",
        show_default=False,
    ),
]
RunPaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--run",
        help="The saved run; may be repeated: of each payroll, the first that measured it. The "
        "published ones, if none is named.",
        show_default=False,
    ),
]
Meter = Annotated[
    str | None,
    typer.Option(
        callback=lambda word: word and option.one_of("meter", JUDGED_BY)(word),
        help=f"Judge memory by this: {', '.join(JUDGED_BY)}; the first that the run has, if none.",
        show_default=False,
    ),
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        callback=option.one_of("format", FORMS),
        help=f"What to print: {', '.join(FORMS)}. An adr is a decision record, as MADR has it.",
    ),
]


def run(
    entries: Entries,
    memory: Memory,
    time: Time = None,
    need: Needs = None,
    run_paths: RunPaths = None,
    meter: Meter = None,
    components: option.Components = 6,
    profile: option.ProfileName = Profile.REALISTIC.value,
    form: Form = "table",
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read, decide, write."""
    limits = Limits(
        entries,
        units.parse_bytes(memory),
        None if time is None else units.parse_seconds(time),
        tuple(dict.fromkeys(need or ())),
    )
    if output_path:
        output.check(output_path, "--output", replace=force)
    payrolls = Payrolls(components, profile)
    found = _of(payrolls, run_paths or results.CHOSEN_FROM)
    asked = {
        "--entries": [str(entries)],
        "--memory": [memory],
        "--time": [time] if time else [],
        "--need": limits.needs,
        "--run": [_name(path) for path in run_paths or ()],
        "--meter": [meter] if meter else [],
        "--components": [str(components)] if components != Payrolls.components else [],
        "--profile": [profile] if profile != Payrolls.profile else [],
        "--format": [form],
    }
    words = [word for name, values in asked.items() for value in values for word in (name, value)]
    command = shlex.join(["python", "-m", "harness", "choose", *words])
    source = Source(" and ".join(map(_name, found)), command)
    decision = decide(joined([*found.values()]), limits, payrolls, meter, source)
    answer(discovery.load(choices, form).render(decision), output_path)
    return 0 if decision.best else 1


def _of(payrolls: Payrolls, paths: Iterable[Path]) -> dict[Path, Run]:
    """Read the runs; give those that know such payrolls, or else all."""
    found = {path: results.read(path) for path in paths}
    asked = (payrolls.components, payrolls.profile)
    knowing = {
        path: run
        for path, run in found.items()
        if any(
            (m.cell.workload.components, m.cell.workload.profile) == asked for m in run.measurements
        )
    }
    return knowing or found


def _name(path: Path) -> str:
    """Give the run's path below the repository, or its name alone: no folders of this machine."""
    root = results.PUBLISHED.parent
    below = Path(os.path.realpath(path))  # unlike resolve(), no error for links in a circle
    return below.relative_to(root).as_posix() if below.is_relative_to(root) else path.name
