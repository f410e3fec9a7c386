"""Show where a strategy's bytes go: by layer, and by type.

Recorded by memray in a fresh process, every allocation with its stack; the parts add up to the
total. The census counts equal values, and so what sharing them would save.

Functions of your own are explained too: package.module:function, or path/to/file.py:function, as
in the command measure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from callmeter.errors import UsageError
from harness.base import output
from harness.cli import _options as option
from harness.cli import _payroll as payroll
from harness.cli._measuring import ending, saving, show_run
from harness.cli._output import tell, with_size
from harness.cli._parser import Option
from harness.cli._progress import listening
from harness.cli._readers import path

EXAMPLES = (
    "explain full_orm core_rows slotted",
    "explain full_orm --flamegraph peak.html",
    "explain floor full_orm --format markdown",
    "explain app.repo:get_premiums app.repo:get_premiums_lean",
)

Names = Annotated[
    list[str],
    Option(
        "STRATEGY",
        "Which to explain: names, .py files, floor, functions. A function is "
        "package.module:name, as in the command measure.",
        is_many=True,
    ),
]
Flamegraph = Annotated[
    Path | None,
    Option("--flamegraph", "Write memray's flame graph of the peak here.", path, "FILE"),
]


def run(
    how: option.Measuring,
    names: Names,
    entries: payroll.Entries = 1_000,
    profile: payroll.ProfileName = "realistic",
    repetition: payroll.Repetition = 1,
    components: payroll.Components = 6,
    setup: option.Setup = None,
    no_warm_up: option.NoWarmUp = False,
    flamegraph: Flamegraph = None,
    form: option.Format = "text",
    output_path: option.Output = None,
    dsn: option.Dsn = None,
) -> int:
    """Check, record, save, report."""
    output.check(flamegraph, "--flamegraph", replace=how.force)
    if flamegraph and len(names) > 1:
        raise UsageError("--flamegraph draws one strategy; name only one")
    of_payroll = {"entries": entries, "profile": profile, "repetition": repetition}
    payroll.check_used(run, names, **of_payroll, components=components)
    with saving(how, output_path) as settings:
        from harness.runner import session

        with listening() as listener:
            finished = session.explain(
                *names,
                entries=entries,
                components=components,
                profile=profile,
                repetition=repetition,
                setup=setup,
                warm_up=not no_warm_up,
                flamegraph=str(flamegraph.absolute()) if flamegraph else None,
                dsn=dsn,
                **settings,
                **listener,
            )
        show_run(finished, option.View(form=form, output=output_path))
        if flamegraph and flamegraph.exists():
            tell(f"Written: {with_size(flamegraph)}")
    return ending(finished, settings["save"], traceback=how.traceback)
