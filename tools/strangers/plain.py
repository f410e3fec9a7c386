"""One call in a plain process, measured by what is no part of this project; printed as JSON.

    LD_PRELOAD=counter.so PYTHONMALLOC=malloc python plain.py FILE FUNCTION allocated
    python plain.py FILE FUNCTION resident

The first counts allocations (`counter.c`), the second reads the kernel's VmHWM. Both call once
before, as the meters do. It runs on the standard library alone, in the packages' environment.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import inspect
import json
import os
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

Call = Callable[[], object]

FILLER = 512 - sys.getsizeof(b"")
"""Bytes in an object that is as large as those that Python's arenas serve are at most."""
NEW_PAGES = 5 * 256 * 1024
"""Bytes by which the process has grown when its arenas are full: by what is left of the last one,
of 1 MiB, which is not resident yet, and some of a new one."""


def main(file: str, function: str, measured: str) -> None:
    """Call to warm up, measure the next call, print the figures and end."""
    with asyncio.Runner() as runner:
        call = _call(runner, file, function)
        call()
        figures = MEASURED[measured](call)
        sys.stdout.write(json.dumps(figures))
        sys.stdout.flush()
        os._exit(0)  # what a package has running does not hold the process up


def _call(runner: asyncio.Runner, file: str, function: str) -> Call:
    spec = spec_from_file_location("strangers", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is no Python file")
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    called: Call = getattr(module, function)
    if not inspect.iscoroutinefunction(called):
        return called
    return lambda: runner.run(called())


def _allocated(call: Call) -> dict[str, int]:
    counter = ctypes.CDLL(None)
    start, stop, figures = counter.counter_start, counter.counter_stop, (ctypes.c_size_t * 4)()
    gc.collect()
    start()
    result = call()
    gc.collect()
    stop(figures)
    del result
    retained, peak, _, mapped = figures
    return {"peak": peak, "retained": retained, "mapped": mapped}


def _resident(call: Call) -> dict[str, int]:
    gc.collect()
    filler = _filled_arenas()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM is what is resident now
    before = _status("VmRSS")
    result = call()
    peak = _status("VmHWM")
    gc.collect()
    after = _status("VmRSS")
    del result, filler
    return {"rss_peak": max(peak, after) - before, "rss_retained": after - before}


def _filled_arenas() -> list[bytes]:
    """Return objects in all that the warm-up left free in Python's arenas, to be held.

    What is free there is resident already: the call would use it, and seem to need less.
    """
    full = _status("VmRSS") + NEW_PAGES
    filler: list[bytes] = []
    while _status("VmRSS") < full:
        filler += [bytes(FILLER) for _ in range(64)]
    return filler


def _status(field: str) -> int:
    """Return a field of this process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    value = next(line for line in lines if line.startswith(f"{field}:"))
    return int(value.split()[1]) * 1024


MEASURED = {"allocated": _allocated, "resident": _resident}

if __name__ == "__main__":
    main(*sys.argv[1:])
