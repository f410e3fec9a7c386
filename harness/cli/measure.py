"""Measure functions of your own as the strategies are: each in a fresh process, by every meter.

TARGET is package.module:function or path/to/file.py:function; with arguments, the whole call:
'app.repo:get_premiums(engine, 42)', in which the names of that module and of --setup are known.
The first target is the reference: the others are said to be smaller or faster than it.

A function may be async; a generator is held as a list, or with --consume fold read and let go.
What it needs (a database, DATABASE_URL, Django's settings) is yours to provide: nothing is started.
"""

from __future__ import annotations

from typing import Annotated

import typer

from callmeter import discovery, meters
from harness.cli import _functions as functions
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.cli._python import measured_in
from harness.report.reports._content import Options
from harness.runner import plan

EXAMPLES = """Examples:

python -m harness measure app.repo:get_premiums app.repo:get_premiums_lean --same

python -m harness measure 'app/repo.py:get_premiums(engine, 42)' --setup 'from app.db import engine'

python -m harness measure app.repo:read --setup 'import django; django.setup()' --explain

python -m harness measure app.repo:stream --consume fold --meter allocator

python -m harness measure app.repo:read --python /srv/app/.venv/bin/python --install-memray
"""

Targets = Annotated[
    list[str],
    typer.Argument(metavar="TARGET", help="What to measure; the first is the reference."),
]
Same = Annotated[
    bool,
    typer.Option(
        "--same",
        help="First check that all give equal data, field by field, whatever their classes; one "
        "that does not is not measured.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD",
        help="A field that --same does not compare; may be repeated.",
        show_default=False,
    ),
]
Consume = Annotated[
    str,
    typer.Option(
        callback=option.one_of("way to consume", list(plan.Consume)),
        help="What is done with the items: hold (all at once) or fold (each let go when read).",
    ),
]


def run(
    texts: Targets,
    setup: option.Setup = None,
    same: Same = False,
    ignore: Ignore = None,
    consume: Consume = plan.Consume.HOLD.value,
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    explain: option.Explain = False,
    sort: option.Sort = "peak",
    form: option.Format = "table",
    output_path: option.Output = None,
    force: option.Force = False,
    save: option.Save = None,
    memory_limit: option.MemoryLimit = None,
    timeout: option.Timeout = 600,
    no_warm_up: option.NoWarmUp = False,
    python: option.Python = None,
    install_memray: option.InstallMemray = False,
    traceback: option.Traceback = False,
) -> int:
    """Check, measure, save, report."""
    environment, interpreter = measured_in(python, install=install_memray)
    wanted = functions.Functions(
        functions.targets(texts, setup),
        interpreter,
        environment,
        meters=list(dict.fromkeys(meter or discovery.names(meters))),
        repeat=repeat,
        consume=plan.Consume(consume),
        same=same,
        ignore=ignore or [],
        warm_up=not no_warm_up,
        explain=explain,
        memory=option.bytes_of(memory_limit),
    )
    with measuring.saving(save, output_path, force=force) as path:
        finished = functions.measured(wanted, path, timeout, replace=force)
        options = Options(sort, traceback=traceback)
        return measuring.report(finished, path, form, options, output_path)
