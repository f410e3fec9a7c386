"""Measure functions of your own as the strategies are measured.

TARGET is package.module:function or path/to/file.py:function; with arguments, the whole call:
'app.repo:get_premiums(engine, 42)', in which the names of that module and of --setup are known.
The first target is the reference: the others are smaller or faster than it.

A function may be async; a generator is held as a list, or with --consume fold read and let go.
What it needs (a database, DATABASE_URL, Django's settings) is yours to provide: nothing is started.
"""

from __future__ import annotations

from typing import Annotated

from harness.cli import _options as option
from harness.cli._measuring import ending, saving, show_run
from harness.cli._parser import Option
from harness.cli._progress import listening

EXAMPLES = (
    "measure app.repo:read app.repo:read_lean --same",
    "measure 'repo.py:read(db, 42)' --setup 'from app import db'",
    "measure app.repo:read --setup 'import app; app.connect()'",
    "measure app.repo:read --python ../app/.venv/bin/python",
    "measure app.repo:read --explain",
    "measure 'app.repo:read(IDS[call_number()])' --at-once 1,4",
    "measure app.repo:stream --consume fold --meter allocator",
)

Targets = Annotated[
    list[str],
    Option("TARGET", "What to measure; the first is the reference.", is_many=True),
]
Same = Annotated[
    bool,
    Option(
        "--same",
        "First check that all return equal data. They are compared field by field, whatever their "
        "classes; one that does not is not measured.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    Option(
        "--ignore",
        "A field that --same does not compare; may be repeated.",
        metavar="FIELD",
        is_many=True,
    ),
]


def run(
    view: option.View,
    how: option.Measuring,
    targets: Targets,
    setup: option.Setup = None,
    same: Same = False,
    ignore: Ignore = None,
    consume: option.Consume = "hold",
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    explain: option.Explain = False,
    collector: option.Collectors = None,
    at_once: option.AtOnce = None,
    calls: option.Calls = None,
    live_objects: option.LiveObjects = None,
    no_warm_up: option.NoWarmUp = False,
) -> int:
    """Check, measure, save, report."""
    with saving(how, view.output) as settings:
        from harness.runner import session

        with listening() as listener:
            finished = session.measure(
                *targets,
                setup=setup,
                same=same,
                ignore=ignore or (),
                consume=consume,
                meters=option.meters_named(meter),
                repeat=repeat,
                explain=explain,
                collectors=collector,
                at_once=at_once or 1,
                calls=calls or 0,
                live_objects=live_objects or 0,
                warm_up=not no_warm_up,
                **settings,
                **listener,
            )
        show_run(finished, view)
    return ending(finished, settings["save"], traceback=how.traceback)
