"""Measure strategies on one payroll, and show which needs least.

Each measurement is taken in a fresh process; what a strategy returns is checked, value by value,
before it is measured. Needs no server: it starts a Postgres of its own.

Retained is what is held after the call, in Python's words the delta; peak, the most during it:
both above what was held before.
"""

from __future__ import annotations

from typing import Annotated

from harness.cli import _options as option
from harness.cli import _payroll as payroll
from harness.cli._measuring import ending, saving, show_run
from harness.cli._output import tell
from harness.cli._parser import Option
from harness.cli._progress import listening
from harness.cli._readers import counts

EXAMPLES = (
    "compare",
    "compare slotted core_rows --entries 10,000",
    "compare my/own_way.py --profile distinct --wide",
    "compare --sizes 1e3,1e4 --meter allocator --meter clock",
    "compare --repetition 1,2,5,20,50 --meter allocator",
    "compare --at-once 1,4 --calls 200 --meter rss",
    "compare --consume fold --entries 10,000",
    "compare --dsn postgresql://me@host/db --format json | jq .",
)

Sizes = Annotated[
    list[int] | None,
    Option(
        "--sizes",
        "Entries of several payrolls, as 1e3,10_000. Also shows how the figures grow.",
        counts(),
        "N,N",
    ),
]


def run(
    view: option.View,
    how: option.Measuring,
    names: option.Names = None,
    entries: payroll.Entries = 1_000,
    sizes: Sizes = None,
    profile: payroll.ProfileName = "realistic",
    repetition: payroll.Repetitions = None,
    components: payroll.Components = 6,
    consume: option.Consume = "hold",
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    explain: option.Explain = False,
    collector: option.Collectors = None,
    at_once: option.AtOnce = None,
    calls: option.Calls = None,
    live_objects: option.LiveObjects = None,
    dsn: option.Dsn = None,
    driver: option.Driver = None,
    cluster: option.Cluster = None,
) -> int:
    """Plan, measure, save, report."""
    with saving(how, view.output) as settings:
        from harness.report import suggestion
        from harness.runner import session

        with listening() as listener:
            finished = session.compare(
                *(names or ()),
                entries=sizes or entries,
                components=components,
                profile=profile,
                repetition=repetition or 1,
                consume=consume,
                meters=option.meters_named(meter),
                repeat=repeat,
                explain=explain,
                collectors=collector,
                at_once=at_once or 1,
                calls=calls or 0,
                live_objects=live_objects or 0,
                dsn=dsn,
                driver=driver,
                cluster=cluster,
                **settings,
                **listener,
            )
        show_run(finished, view)
        if next_step := suggestion.command(finished, settings["save"]):
            tell(f"Which fits another limit? {next_step}")
    return ending(finished, settings["save"], traceback=how.traceback)
