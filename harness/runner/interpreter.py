"""Which Python measures: this one, or another one beside whose packages nothing is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from callmeter.errors import NotAvailableError
from callmeter.interpreter import inspect_interpreter, install_memray, memray_folder
from callmeter.worker import CHECK, EXPLAIN
from callmeter.worker_pool import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callmeter.interpreter import Interpreter
    from harness.model.cell import Cell
    from harness.runner.record import Settings

NEED_MEMRAY = (CHECK, EXPLAIN, "allocator")
"""Tasks of which nothing but checks is left where there is no memray."""
HINT = "add --install-memray: it goes into a folder of the cache, and not into that environment"


def environment_of(settings: Settings, cells: Iterable[Cell]) -> tuple[Environment, Interpreter]:
    """Return the environment of the measured processes, and the interpreter that runs them.

    memray is found, or installed if the user asks for that; where it is missing and nothing else
    is to be measured, that is an error. Raises UsageError for what is no Python of 3.11 or newer,
    NotAvailableError.
    """
    interpreter = inspect_interpreter(settings.python or sys.executable)
    folder = None
    if "memray" not in interpreter.packages:
        cache = user_cache_path("callmeter")
        known = memray_folder(interpreter, cache)
        missing = f"{interpreter.path} does not have memray"
        if known.exists():
            folder = str(known)
        elif settings.install_memray:
            settings.notice(f"installing memray for {interpreter.name}")
            folder = str(install_memray(interpreter, cache))
        elif all(cell.meter in NEED_MEMRAY for cell in cells):
            raise NotAvailableError(f"this needs memray: {missing}; {HINT}")
        else:
            settings.notice(f"{missing}, so nothing is recorded; {HINT}")
    return Environment(interpreter.path, memray_folder=folder), interpreter
