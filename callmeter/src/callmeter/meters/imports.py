"""What importing what the call needs adds to the process's resident memory.

In a process that has imported only this package's own modules: the call is made (its module
imported, its set-up run), then what its first call imports is imported too. That call is made in a
child of the process, which names what it imported, so that nothing but imports counts. Linux only.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import callmeter.loader  # noqa: F401 (makes the call of a function, which does not need it)
from callmeter.call import Counted
from callmeter.errors import NotAvailableError
from callmeter.meters import BYTES, Metric
from callmeter.meters.rss import resident

METRICS = (Metric("imports", "imports, resident", BYTES, "imports", 0.05),)
REPEATS = 2
ALONE = False
OF_MAKING = True


def measure(make: Callable[[], Counted]) -> dict[str, float]:
    """Return `imports`, in bytes of resident memory.

    Raises what making the call or calling it raises; NotAvailableError where the kernel does not
    say how much memory is resident.
    """
    before = resident("VmRSS")
    call = make()
    for name in _imported_by_calling(call.warm_up):
        with suppress(Exception):  # of a package that makes modules as it goes
            import_module(name)
    return {"imports": max(0, resident("VmRSS") - before)}


def _imported_by_calling(function: Callable[[], object]) -> list[str]:
    """Return the names of the modules that calling the function imports, in that order."""
    if not hasattr(os, "fork"):
        raise NotAvailableError("this system cannot fork a process")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _call_and_end(function, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = json.loads(pipe.read() or "null")
    os.waitpid(child, 0)
    if answer is None or answer["error"]:
        function()  # it fails here as well, and raises its own error
        return []
    names: list[str] = answer["names"]
    return names


def _call_and_end(function: Callable[[], object], writing: int) -> NoReturn:
    before = set(sys.modules)
    failed = False
    try:
        function()
    except BaseException:
        failed = True
    names = [name for name in sys.modules if name not in before]
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        json.dump({"error": failed, "names": names}, pipe)
    os._exit(0)
