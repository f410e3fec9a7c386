"""Measure strategies on one payroll, and say which needs least.

Each measurement is taken in a fresh process; what a strategy gives is checked, value by value,
before it is measured. Needs no server: it starts a Postgres of its own.
"""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer

import strategies
from callmeter import discovery, meters
from callmeter.errors import UsageError
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.cli._installed import installed
from harness.cli._progress import tell
from harness.model.fields import MOST
from harness.payroll.generator import Payroll, Profile
from harness.report.reports._content import Options
from harness.runner import plan

EXAMPLES = """Examples:

python -m harness compare

python -m harness compare slotted core_rows --entries 10000

python -m harness compare my/own_way.py --profile distinct --meter tracemalloc

python -m harness compare --sizes 1000,10000 --meter allocator --meter clock

python -m harness compare --consume fold --entries 10000

python -m harness compare --dsn postgresql://me@localhost/payroll --format json | jq .rows
"""

Sizes = Annotated[
    str | None,
    typer.Option(
        help="Entries of several payrolls, as in 1000,10000: also shows how the figures grow.",
        show_default=False,
    ),
]
Consume = Annotated[
    str,
    typer.Option(
        callback=option.one_of("way to consume", list(plan.Consume)),
        help="What is done with the entries: hold (a list) or fold (a running total, of those "
        "strategies that stream).",
    ),
]


def run(
    names: option.Names = None,
    entries: option.Entries = 1_000,
    components: option.Components = 6,
    profile: option.ProfileName = Profile.REALISTIC.value,
    sizes: Sizes = None,
    consume: Consume = plan.Consume.HOLD.value,
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    explain: option.Explain = False,
    dsn: option.Dsn = None,
    cluster: option.Cluster = None,
    sort: option.Sort = "peak",
    form: option.Format = "table",
    output_path: option.Output = None,
    force: option.Force = False,
    save: option.Save = None,
    scale_to: option.ScaleTo = 10_000,
    timeout: option.Timeout = 600,
    memory_limit: option.MemoryLimit = None,
    python: option.Python = None,
    install_memray: option.InstallMemray = False,
    traceback: option.Traceback = False,
) -> int:
    """Plan, measure, save, report."""
    setting = measuring.Setting(
        dsn, python, install_memray, cluster, timeout, option.bytes_of(memory_limit)
    )
    how = plan.Consume(consume)
    if how is plan.Consume.HOLD:
        chosen = measuring.chosen(names, strategies.names)
        chosen = list(dict.fromkeys([plan.REFERENCE, *chosen]))
    elif explain:
        raise UsageError("--explain is of lists: leave --consume fold")
    else:
        chosen = measuring.chosen(names, strategies.streaming)
        measuring.check_streams(chosen)
    counts = _counts(sizes) if sizes else [entries]
    payrolls = [Payroll(count, components, Profile(profile)) for count in counts]
    meter_names = list(dict.fromkeys(meter or discovery.names(meters)))
    cells = plan.cells(chosen, payrolls, meter_names, repeat, how)
    if explain:
        too = plan.explanations([plan.FLOOR, *chosen], plan.to_explain(payrolls), check=False)
        cells = chain(cells, too)
    planned = plan.at_most_a_run(cells)
    if python is None:
        planned = installed(planned, chosen if names else ())
    with measuring.saving(save, output_path, force=force) as path:
        finished = measuring.measured(planned, path, setting, replace=force)
        code = measuring.report(
            finished, path, form, Options(sort, scale_to, traceback), output_path
        )
    if how is plan.Consume.HOLD:
        tell(f"Which fits? python -m harness choose --entries 10000 --memory 64MB --run {path}")
    return code


def _counts(sizes: str) -> list[int]:
    """Read `1000,10000` as numbers of entries, smallest first."""
    try:
        counts = sorted({int(size) for size in sizes.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 1 or counts[-1] > MOST:
        raise UsageError(f"--sizes {sizes!r} is not a list of numbers of entries, as 1000,10000")
    return counts
