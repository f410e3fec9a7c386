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
from typing import Annotated

import typer

from harness import budgets, choices, discovery, output, results
from harness.choice import Limits
from harness.cli import _options as option
from harness.cli._measuring import answer
from harness.decision import Source, decide
from harness.payroll import Profile
from harness.ways import JUDGED_BY, Payrolls
from strategies.traits import TRAITS

EXAMPLES = """Examples:

python -m harness choose --entries 50000 --memory 256MB

python -m harness choose --entries 50000 --memory 256MiB --time 2s --need mutable --need list

python -m harness choose --entries 10000 --memory 64MB --meter rss

python -m harness choose --entries 10000 --memory 64MB --run results/local/some-run.jsonl

python -m harness choose --entries 10000 --memory 64MB --format adr --output 0001-premiums.md
"""

MOST_ENTRIES = 1_000_000_000
FORMS = discovery.names(choices)

Entries = Annotated[
    int, typer.Option(min=1, max=MOST_ENTRIES, help="Entries of the largest payroll to read.")
]
Memory = Annotated[
    str,
    typer.Option(
        help="What the read may need at its peak, above what the process holds before: a number "
        f"and a unit, {', '.join(budgets.MEMORY)}.",
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        help=f"What the read may take: a number and a unit, {', '.join(budgets.TIME)}.",
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
RunPath = Annotated[
    Path | None,
    typer.Option("--run", help="The saved run; the published one, if none.", show_default=False),
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
    run_path: RunPath = None,
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
        budgets.memory(memory),
        None if time is None else budgets.seconds(time),
        tuple(dict.fromkeys(need or ())),
    )
    if output_path:
        output.check(output_path, "--output", replace=force)
    path = run_path or results.REFERENCE_RUN
    asked = {
        "--entries": [str(entries)],
        "--memory": [memory],
        "--time": [time] if time else [],
        "--need": limits.needs,
        "--run": [_name(run_path)] if run_path else [],
        "--meter": [meter] if meter else [],
        "--components": [str(components)] if components != Payrolls.components else [],
        "--profile": [profile] if profile != Payrolls.profile else [],
        "--format": [form],
    }
    words = [word for name, values in asked.items() for value in values for word in (name, value)]
    source = Source(_name(path), shlex.join(["python", "-m", "harness", "choose", *words]))
    decision = decide(results.read(path), limits, Payrolls(components, profile), meter, source)
    answer(discovery.load(choices, form).render(decision), output_path)
    return 0 if decision.best else 1


def _name(path: Path) -> str:
    """Give the run's path below the repository, or its name alone: no folders of this machine."""
    root = results.REFERENCE_RUN.parents[1]
    below = Path(os.path.realpath(path))  # unlike resolve(), no error for links in a circle
    return below.relative_to(root).as_posix() if below.is_relative_to(root) else path.name
