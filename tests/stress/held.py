"""The command line, held still at a stage of its work: `python held.py compare ...`.

STRESS_STAGE names the stage and STRESS_PLACE a folder: `held` appears in it when the run is at that
stage, and the run goes on when `go` does. Two stages are held by planted/waits.py, in the process
that is measured.
"""

from __future__ import annotations

import io
import os
import sys
import time
from functools import wraps
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

FOLDER, STAGE, TAKES = "STRESS_PLACE", "STRESS_STAGE", "STRESS_TAKES"
AFTER = {
    "start": [
        ("harness.postgres.server", "Server.start", 1),
        ("harness.postgres.session", "_drop_abandoned", 1),  # of a --dsn
    ],
    "seeding": [("harness.postgres.writer", "_copy_rows", 1)],  # amid the transaction
    "saving": [("os", "fsync", 3)],  # two measurements are in the file
}
"""The call after which a stage is held, and the number of that call."""
LONGEST = 300
SHORTER = {
    ("harness.postgres.dsn", "SECONDS_TO_CONNECT"): 3,
    ("harness.postgres.liveness", "SECONDS_BETWEEN"): 3,
    ("harness.postgres.liveness", "SECONDS_TO_COME_BACK"): 12,
}
"""What a run waits for a server, so that hundreds of faults take minutes."""


def wait_at(stage: str) -> None:
    """Wait to be released, if this is the stage to hold: whoever holds it may be dead."""
    if os.environ.get(STAGE) != stage:
        return
    place = Path(os.environ[FOLDER])
    writing = place / f"held.{os.getpid()}"
    writing.write_text(str(os.getpid()))
    writing.rename(place / "held")  # whole, for whoever sees it
    until = time.monotonic() + LONGEST
    while not (place / "go").exists() and time.monotonic() < until:
        time.sleep(0.01)


class Output(io.TextIOWrapper):
    """A standard output whose first write is the stage `reporting`."""

    def write(self, text: str) -> int:
        wait_at("reporting")
        return super().write(text)


def _hold(stage: str, module: str, name: str, nth: int) -> None:
    *path, last = name.split(".")
    owner: Any = import_module(module)
    for attribute in path:
        owner = getattr(owner, attribute)
    function, calls = getattr(owner, last), count(1)

    @wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if next(calls) == nth:
            wait_at(stage)
        return result

    setattr(owner, last, held)


if __name__ == "__main__":
    for (module, name), seconds in SHORTER.items():
        setattr(import_module(module), name, seconds)
    for after in AFTER.get(os.environ[STAGE], ()):
        _hold(os.environ[STAGE], *after)
    out = sys.stdout
    sys.stdout = Output(out.buffer, out.encoding, out.errors, line_buffering=out.line_buffering)
    from harness.cli import main

    sys.argv[0] = "harness"
    main()
