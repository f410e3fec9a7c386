"""Say where a strategy's bytes go: by layer at the peak, by layer and type in what is retained.

Recorded by memray in a fresh process, every allocation with its stack; the parts add up to the
total. The census counts equal values, and so what sharing them would save.

Functions of your own are explained too: package.module:function, or path/to/file.py:function, as
in the command measure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import strategies
from callmeter.errors import UsageError
from callmeter.target import is_target
from harness.base import output
from harness.cli import _functions as functions
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.cli._python import measured_in
from harness.payroll.generator import Payroll, Profile
from harness.report.reports._content import Options
from harness.runner import plan

EXAMPLES = """Examples:

python -m harness explain full_orm core_rows slotted

python -m harness explain full_orm --flamegraph peak.html

python -m harness explain floor full_orm --format markdown

python -m harness explain app.repo:get_premiums app.repo:get_premiums_lean
"""

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="STRATEGY",
        help="Which to explain: names, paths of .py files, floor, or functions of your own.",
    ),
]
Flamegraph = Annotated[
    Path | None,
    typer.Option(help="Write memray's flame graph of the peak here.", show_default=False),
]


def run(
    names: Names,
    entries: option.Entries = 1_000,
    components: option.Components = 6,
    profile: option.ProfileName = Profile.REALISTIC.value,
    setup: option.Setup = None,
    dsn: option.Dsn = None,
    form: option.Format = "table",
    output_path: option.Output = None,
    force: option.Force = False,
    save: option.Save = None,
    flamegraph: Flamegraph = None,
    timeout: option.Timeout = 600,
    memory_limit: option.MemoryLimit = None,
    no_warm_up: option.NoWarmUp = False,
    python: option.Python = None,
    install_memray: option.InstallMemray = False,
    traceback: option.Traceback = False,
) -> int:
    """Check, record, save, report."""
    memory = option.bytes_of(memory_limit)
    if flamegraph:
        output.check(flamegraph, "--flamegraph", replace=force)
        if len(names) > 1:
            raise UsageError("--flamegraph draws one strategy; name only one")
    picture = str(flamegraph.absolute()) if flamegraph else None
    with measuring.saving(save, output_path, force=force) as path:
        if any(map(is_target, names)):
            environment, interpreter = measured_in(python, install=install_memray, needed=True)
            wanted = functions.Functions(
                functions.targets(names, setup),
                interpreter,
                environment,
                warm_up=not no_warm_up,
                explain=True,
                flamegraph=picture,
                memory=memory,
            )
            finished = functions.measured(wanted, path, timeout, replace=force)
        else:
            chosen = measuring.chosen(names, strategies.names)
            payroll = Payroll(entries, components, Profile(profile))
            cells = plan.at_most_a_run(plan.explanations(chosen, payroll))
            setting = measuring.Setting(dsn, python, install_memray, None, timeout, memory, picture)
            finished = measuring.measured(cells, path, setting, replace=force)
        options = Options(traceback=traceback)
        return measuring.report(finished, path, form, options, output_path)
