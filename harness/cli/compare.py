"""Measure strategies on one payroll, and say which needs least.

Each measurement is taken in a fresh process; what a strategy gives is checked, value by value,
before it is measured. Needs no server: it starts a Postgres of its own.
"""

from __future__ import annotations

from typing import Annotated

import typer

from harness import discovery, meters, plan
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.payroll import Payroll, Profile
from harness.reports._content import Options

EXAMPLES = """Examples:

python -m harness compare

python -m harness compare slotted core_rows --entries 10000

python -m harness compare my/own_way.py --profile distinct --meter tracemalloc

python -m harness compare --dsn postgresql://me@localhost/payroll --format json | jq .rows
"""

Repeat = Annotated[
    int | None,
    typer.Option(min=1, help="Fresh processes a meter; by default what suits the meter."),
]
Meters = Annotated[
    list[str] | None,
    typer.Option(
        "--meter",
        callback=option.all_of("meter", discovery.names(meters)),
        help=f"Measure with this only; may be repeated: {', '.join(discovery.names(meters))}.",
        show_default=False,
    ),
]
ScaleTo = Annotated[int, typer.Option(min=1, help="Say what a payroll of this many entries needs.")]


def run(
    names: option.Names = None,
    entries: option.Entries = 1_000,
    components: option.Components = 6,
    profile: option.ProfileName = Profile.REALISTIC.value,
    meter: Meters = None,
    repeat: Repeat = None,
    dsn: option.Dsn = None,
    sort: option.Sort = "peak",
    form: option.Format = "table",
    output_path: option.Output = None,
    force: option.Force = False,
    save: option.Save = None,
    scale_to: ScaleTo = 10_000,
    timeout: option.Timeout = 600,
) -> int:
    """Plan, measure, save, report."""
    chosen = measuring.chosen(names)
    labels = measuring.labels([plan.REFERENCE, *chosen])
    path = measuring.path_for(save, output_path, force=force)
    payrolls = [Payroll(entries, components, Profile(profile))]
    meter_names = list(dict.fromkeys(meter or discovery.names(meters)))
    cells = list(plan.cells(chosen, payrolls, meter_names, repeat))
    finished = measuring.measured(cells, labels, path, dsn, timeout)
    return measuring.report(finished, path, form, Options(sort, scale_to), output_path)
