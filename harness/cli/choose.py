"""Choose a strategy for a payroll size and a memory limit.

From a saved run; the published ones, if none is named.

Of the strategies that fit (every budget holds the upper end of the prediction, every --need is
offered), the one that gives up the fewest traits of full_orm, as it is done today; among equals,
the one that needs the least memory.

A --container is judged by resident memory: the process's base and the calls at once. --memory is
about the allocations of one call alone.

Shows which do not fit and why, which comes second, and what would change the answer. What a payroll
of that size needs is predicted from the sizes that the run measured. Nothing is measured by this
command. Exit code 1: nothing fits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter import units
from callmeter.errors import UsageError
from harness.base import output
from harness.cli import _options as option
from harness.cli import _payroll as payroll
from harness.cli._measuring import command, name_of
from harness.cli._output import answer, busy
from harness.cli._parser import Option
from harness.cli._readers import count, one_of, path
from harness.model.fields import MOST_AT_ONCE
from harness.model.metrics import PEAKS
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from harness.analysis.container import Service

EXAMPLES = (
    "choose --entries 10,000 --container 512MB --at-once 4",
    "choose --entries 1e4 --container 512MB --base 180MB",
    "choose --entries 50,000 --memory 256MB",
    "choose --entries 5e4 --memory 99MiB --time 2s --need mutable",
    "choose --entries 1e4 --container 512MB --format adr",
    "choose --entries 10,000 --memory 64MB --metric rss_peak",
)
MEASURED = "measured"

Entries = Annotated[
    int, Option("--entries", "Entries of the largest payroll to read.", count(), "N")
]
Container = Annotated[
    str | None,
    Option(
        "--container",
        "The memory limit of the container, as 512MB. Judged by resident memory: the base of the "
        f"process and its calls at once. Units: {', '.join(units.MEMORY)}.",
        metavar="SIZE",
    ),
]
Base = Annotated[
    str | None,
    Option(
        "--base",
        "What its process holds before a call, as 180MB. That is the whole of the application's, "
        "which reads as full_orm does (RssAnon in /proc/PID/status); what a strategy's own is "
        f"above full_orm's comes on top. By default it is `{MEASURED}`: that of the run, of a "
        "process with nothing but the read.",
        metavar="SIZE",
    ),
]
AtOnce = Annotated[
    int | None,
    Option(
        "--at-once",
        "Calls that are made at once, each of such a payroll. By default 1.",
        count(1, MOST_AT_ONCE),
        "N",
    ),
]
Memory = Annotated[
    str | None,
    Option(
        "--memory",
        "What one read may allocate at its peak, as 256MB. It is counted above what the process "
        f"holds before. Units: {', '.join(units.MEMORY)}.",
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
        "The saved run; the published ones, if none is named. May be repeated: each value is of "
        "the first that measured it, the times of a payroll all of the first that timed it.",
        path,
        "RUN",
        is_many=True,
    ),
]
Metric = Annotated[
    str | None,
    option.rare(
        "--metric",
        f"Judge --memory by {', '.join(PEAKS)}. By the first that the run has, if none is named.",
        one_of("peak to judge by", PEAKS),
        "KEY",
    ),
]
Form = Annotated[
    str,
    Option(
        "--format",
        f"As {', '.join(option.DECISION_FORMATS)}. An adr is a decision record in Markdown.",
        option.one_format(option.DECISION_FORMATS),
        "FORM",
    ),
]


def run(
    entries: Entries,
    container: Container = None,
    base: Base = None,
    at_once: AtOnce = None,
    memory: Memory = None,
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
    from harness.analysis.evidence import evidence
    from harness.model.saved import CHOSEN_FROM, read
    from harness.report import decision as report
    from harness.report.format import listed

    seconds = None if time is None else units.parse_seconds(time)
    needs = tuple(dict.fromkeys(need or ()))
    service = _service(container, memory, base, at_once, metric)
    budget = (
        units.parse_bytes(memory or "")
        if container is None
        else units.parse_bytes(container, "--container")
    )
    limits = Limits(entries, budget, seconds, needs, service)
    payrolls = Payrolls(components, profile, repetition)
    output.check(output_path, "--output", replace=force)
    with busy("choosing"):
        runs = {path: read(path) for path in run_paths or CHOSEN_FROM}
        found = evidence(
            runs,
            payrolls,
            with_base=service is not None,
            with_others=form in option.RECORDS,
        )
        source = Source(listed(map(name_of, found.parts)), command())
        decision = decide(found.run, limits, payrolls, metric, source)
    answer(report.document(decision), form, output_path)
    return 0 if decision.best else 1


def _service(
    container: str | None,
    memory: str | None,
    base: str | None,
    at_once: int | None,
    metric: str | None,
) -> Service | None:
    """Return what a container serves, None for one call; raises UsageError for half of either."""
    from harness.analysis.candidate import RESIDENT
    from harness.analysis.container import Service

    if (container is None) == (memory is None):
        few = "SIZE or --memory SIZE is missing" if container is None else "or --memory, not both"
        raise UsageError(
            f"--container {few}: the container's limit, which the process and its calls at once "
            "share, or what one call may allocate"
        )
    for flag, value in (("--base", base), ("--at-once", at_once)):
        if value is not None and container is None:
            raise UsageError(f"{flag} needs --container: --memory is about one call alone")
    if container is None:
        return None
    if metric not in (None, RESIDENT):
        raise UsageError(f"--container is judged by {RESIDENT}; leave out --metric {metric}")
    known = None if base in (None, MEASURED) else units.parse_bytes(base or "", "--base")
    return Service(at_once or 1, known)
