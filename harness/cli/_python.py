"""Which Python measures: this one, or another one beside whose packages nothing is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from callmeter.errors import NotAvailableError
from callmeter.interpreter import inspect_interpreter, install_memray, memray_folder
from callmeter.worker_pool import Environment
from harness.cli._progress import tell

if TYPE_CHECKING:
    from pathlib import Path

    from callmeter.interpreter import Interpreter

HINT = "add --install-memray: it goes into a folder of ours, and not into that environment"


def measured_in(
    python: str | None, *, install: bool, needed: bool = False
) -> tuple[Environment, Interpreter]:
    """Return the environment of the measured processes, and the interpreter that runs them.

    memray is found, or installed if the user says so; where it is missing and `needed`, that is
    an error. Raises UsageError for what is no Python of 3.11 or newer, NotAvailableError.
    """
    interpreter = inspect_interpreter(python or sys.executable)
    folder: Path | None = None
    if "memray" not in interpreter.packages:
        cache = user_cache_path("callmeter")
        if (known := memray_folder(interpreter, cache)).exists():
            folder = known
        elif install:
            tell(f"installing memray for {interpreter.name}")
            folder = install_memray(interpreter, cache)
        elif needed:
            raise NotAvailableError(
                f"this needs memray, which {interpreter.path} does not have; {HINT}"
            )
        else:
            tell(f"{interpreter.path} does not have memray, so nothing is recorded; {HINT}")
    environment = Environment(interpreter.path, memray_folder=str(folder) if folder else None)
    return environment, interpreter
