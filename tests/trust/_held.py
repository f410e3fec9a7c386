"""The command line as it is, but held still at a stage: `python _held.py compare ...`.

TRUST_STAGE names the stage and TRUST_PLACE a folder: there `held` appears when the run is at that
stage, and the run goes on when `go` does. Two of the stages are held by tests/planted/waits.py,
in the process that is measured.
"""

from __future__ import annotations

import os
import sys
import time
from functools import wraps
from importlib import import_module
from itertools import count
from pathlib import Path
from select import select
from typing import Any

FOLDER, STAGE, TAKES = "TRUST_PLACE", "TRUST_STAGE", "TRUST_TAKES"

# After which call each stage is held, the nth time that it is made.
AFTER = {
    "start": [
        ("harness.postgres.server", "Server.start", 1),
        ("harness.postgres.session", "_drop_abandoned", 1),  # of a --dsn
    ],
    "seeding": [("harness.postgres.writer", "_copy_rows", 1)],  # amid the transaction
    "saving": [("os", "fsync", 3)],  # two measurements are in the file
    "reporting": [("harness.report.reports.table", "render", 1)],
}
LONGEST = 300  # seconds: whoever holds it may be dead


def still(stage: str) -> None:
    """Say that this stage is reached, if it is the one to be held; wait to be told to go on."""
    if os.environ.get(STAGE) != stage:
        return
    place = Path(os.environ[FOLDER])
    writing = place / f"held.{os.getpid()}"
    writing.write_text(str(os.getpid()))
    writing.rename(place / "held")  # whole, for whoever sees it
    until = time.monotonic() + LONGEST
    while not (place / "go").exists() and time.monotonic() < until:
        select([], [], [], 0.01)  # not sleep(), which libfaketime spoils


def take() -> None:
    """Take as much memory as TRUST_TAKES says, in bytes."""
    _ = b"x" * int(os.environ.get(TAKES, "0"))


def _hold(stage: str, module: str, name: str, nth: int) -> None:
    *path, last = name.split(".")
    owner: Any = import_module(module)
    for each in path:
        owner = getattr(owner, each)
    function, calls = getattr(owner, last), count(1)

    @wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        given = function(*args, **kwargs)
        if next(calls) == nth:
            still(stage)
        return given

    setattr(owner, last, held)


if __name__ == "__main__":
    for after in AFTER.get(os.environ[STAGE], ()):
        _hold(os.environ[STAGE], *after)
    from harness.cli import main

    sys.argv[0] = "harness"
    main()
