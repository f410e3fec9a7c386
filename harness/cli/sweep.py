"""Measure calls on several stacks, to show what an upgrade moves.

A stack is a Python with versions of packages. An environment is made for each (by uv where it is,
else by venv and pip) and cached; nothing is installed into yours. Every Python is measured with
every choice of a --with for each distribution; the first stack is what the others are beside.

TARGET is a strategy (a name, or a .py file), all if none is named; or a function of your own, as
`measure` takes it, whose packages --requirements and --with name. Repeats of times are taken in
turn, one on each stack. A stack that cannot be made is a line that tells why, and exit code 1.

For strategies a stack may name a driver too; what does not work with it is not measured there.

What is measured is saved in a folder, a run for each stack; the same command with the same --save
goes on where it stopped.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter.errors import Error, NotAvailableError, UsageError, message
from callmeter.target import is_target
from harness.base import output
from harness.base.errors import INTERRUPTED
from harness.cli import _options as option
from harness.cli import _payroll as payroll
from harness.cli._measuring import command
from harness.cli._output import answer, tell
from harness.cli._parser import Option
from harness.cli._progress import listening
from harness.cli._readers import counts, one_of, path
from harness.payroll import drivers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.model.cell import Workload
    from harness.runner.plan import Repeats
    from harness.runner.sweep import Plan
    from harness.stacks.environments import Packages

EXAMPLES = (
    "sweep --python 3.12 --python 3.13",
    "sweep --with 'sqlalchemy==2.0.*' --with 'sqlalchemy==2.1.*'",
    "sweep async_orm --driver psycopg --driver asyncpg",
    "sweep app.repo:read --with orjson==3.10 --with orjson==3.11",
    "sweep app.repo:read --python 3.12 --python 3.13 --save new",
    "sweep app.repo:read --python 3.12 --requirements dev.txt",
)
FEWEST = 2
"""Stacks that a sweep is of."""

Targets = Annotated[
    list[str] | None,
    Option(
        "TARGET",
        "Strategies, or functions of your own. All strategies, if none is named.",
        is_many=True,
    ),
]
Pythons = Annotated[
    list[str] | None,
    Option(
        "--python",
        "A Python, as 3.12 or a path; may be repeated. By default this one. Its own "
        "packages are not used.",
        metavar="VERSION",
        is_many=True,
    ),
]
With = Annotated[
    list[str] | None,
    Option(
        "--with",
        "A version, as 'sqlalchemy==2.0.*'; may be repeated. Those of one "
        "distribution are alternatives; of several, every combination is a stack.",
        metavar="REQUIREMENT",
        is_many=True,
    ),
]
Requirements = Annotated[
    Path | None,
    Option(
        "--requirements",
        "What functions need, in pip's form. Of a distribution that a --with names, leave the "
        "version out there.",
        path,
        "FILE",
    ),
]
Sizes = Annotated[
    list[int] | None,
    option.rare("--sizes", "Entries of several payrolls, as 1e3,10_000.", counts(), "N,N"),
]
Drivers = Annotated[
    list[str] | None,
    option.rare(
        "--driver",
        f"A driver that strategies read through: {', '.join(drivers.NAMES)}; may be repeated. By "
        "default that of each.",
        one_of("driver", drivers.NAMES),
        "NAME",
        is_many=True,
    ),
]
Wide = Annotated[bool, option.rare("--wide", "Show every metric, and the yardsticks.")]
Dsn = Annotated[
    str | None,
    option.rare("--dsn", "Use this Postgres, as `compare` does. For strategies.", metavar="DSN"),
]
Fresh = Annotated[
    bool, option.rare("--fresh", "Make the environments again, with what is newest now.")
]
Save = Annotated[
    Path | None,
    Option("--save", "The folder of the runs, which may have some of them.", path, "FOLDER"),
]


def run(
    targets: Targets = None,
    python: Pythons = None,
    with_: With = None,
    driver: Drivers = None,
    requirements: Requirements = None,
    entries: payroll.Entries = 1_000,
    sizes: Sizes = None,
    profile: payroll.ProfileName = "realistic",
    repetition: payroll.Repetitions = None,
    components: payroll.Components = 6,
    setup: option.Setup = None,
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    at_once: option.AtOnce = None,
    live_objects: option.LiveObjects = None,
    save: Save = None,
    every: option.All = False,
    wide: Wide = False,
    metric: option.Metrics = None,
    form: option.TextFormat = "text",
    output_path: option.Output = None,
    force: option.Force = False,
    fresh: Fresh = False,
    dsn: Dsn = None,
    timeout: option.Timeout = 600,
    memory_limit: option.MemoryLimit = None,
) -> int:
    """Plan, make the environments, measure, compare, write."""
    output.check(output_path, "--output", replace=force)
    from harness.report import stacks as report
    from harness.runner.installed import check_drivers
    from harness.runner.record import Settings
    from harness.runner.session import workloads_of
    from harness.runner.sweep import sweep
    from harness.stacks import stack

    of_payroll = {"entries": entries, "sizes": sizes, "profile": profile, "repetition": repetition}
    payroll.check_used(run, targets or [], **of_payroll, components=components)
    workloads = workloads_of(sizes or entries, components, profile, repetition or 1, at_once or 1)
    plan = _plan(targets or [], workloads, setup, option.meters_named(meter), repeat)
    if plan.needs_database and requirements:
        raise UsageError("--requirements are of functions; strategies have theirs")
    if (dsn or driver) and not plan.needs_database:
        what = "--dsn" if dsn else "--driver"
        raise UsageError(f"{what} is for strategies: a function connects by itself")
    check_drivers(driver or ())  # an environment has what this one has
    wanted = stack.combinations(python or [], with_ or [], driver or [])
    if len(wanted) < FEWEST:
        raise UsageError("name two stacks: --python 3.12 --python 3.13, or two --with of a package")
    packages = _packages(plan, requirements)
    folder = _folder(save)
    with _resumable(folder), listening() as listener:
        settings = Settings(
            dsn=dsn,
            timeout=timeout,
            memory=memory_limit,
            live_objects=live_objects or 0,
            replace=force,
            command=command(),
            **listener,
        )

        def step(what: str) -> None:
            settings.progress(what, 0, 0)

        stacks, not_made = stack.made(wanted, packages, step, fresh=fresh)
        if not stacks:
            raise NotAvailableError("; ".join(f"{name} {why}" for name, why in not_made))
        finished = sweep(plan, stacks, folder, settings)
    missing = [*not_made, *finished.missing]
    if not finished.runs:
        raise NotAvailableError("; ".join(f"{name} {why}" for name, why in missing))
    measured = report.Measured(finished.runs, missing)
    answer(report.document(measured, metric or (), every=every, wide=wide), form, output_path)
    tell(f"Saved, a run for each stack: {folder}")
    errors = [one for run in finished.runs.values() for one in run.measurements if one.error]
    return int(bool(errors or missing))


def _plan(
    targets: Sequence[str],
    workloads: Sequence[Workload],
    setup: str | None,
    meters: Sequence[str] | None,
    repeat: Repeats,
) -> Plan:
    """Return what is measured on every stack: functions, or else strategies."""
    from harness.analysis.stacks import METERS
    from harness.runner import sweep
    from harness.runner.plan import meters_for

    by = meters_for(meters, calls=0)
    if meters is None:
        by = [meter for meter in by if meter in METERS]
    if any(map(is_target, targets)):
        numbers = list(dict.fromkeys(workload.at_once for workload in workloads))
        return sweep.of_functions(targets, setup, by, repeat, numbers)
    if setup:
        raise UsageError("--setup is for functions, not for strategies")
    return sweep.of_strategies(targets, workloads, by, repeat)


def _packages(plan: Plan, requirements: Path | None) -> Callable[[Sequence[str]], Packages]:
    """Return what an environment has, by the requirements of its stack."""
    from harness.stacks import packages

    if plan.needs_database:
        return packages.of_strategies
    packages.of_functions((), requirements)  # raises for a file that cannot be read
    return lambda chosen: packages.of_functions(chosen, requirements)


def _folder(save: Path | None) -> Path:
    """Return the folder of the sweep, which is there; raises UsageError where it cannot be made."""
    from harness.model.saved import new_path

    folder = save or new_path().with_suffix("")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--save {folder} cannot be made: {error.strerror}") from error
    return folder


@contextmanager
def _resumable(folder: Path) -> Iterator[None]:
    """Print, where a sweep ends early, how it goes on."""
    try:
        yield
    except KeyboardInterrupt:
        tell(f"interrupted; {_rest(folder)}")
        sys.exit(INTERRUPTED)
    except Error as error:
        if any(folder.glob("parts/*")) and str(folder) not in str(error):
            raise type(error)(f"{message(error)}; {_rest(folder)}") from error
        raise


def _rest(folder: Path) -> str:
    if not any(folder.glob("parts/*")):
        return "nothing was measured yet"
    return f"what was measured is saved; the same command with --save {folder} goes on"
