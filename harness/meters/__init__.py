"""The meters: one module each, found by its file.

A meter is a module with a docstring, whose first line says what it measures, and

- `measure(call)`: call once, and give what it measured as {figure: value}. A figure's name ends
  in its unit: `_bytes`, `_seconds`. What the call returned is held until all is measured.
- `REPEATS`: how many fresh processes it takes by default.
- `ALONE`: whether nothing else may run on the machine meanwhile.
- and, where it is so: `FIRST_CALL = True`, if it also measures a call without any warm-up;
  `PAUSED = True`, if also one with the garbage collector paused; `OF_FLOOR = False`, if the floor
  means nothing to it; `SEES_NATIVE = False`; `warming`, a context manager to warm up in.

Its figures are in JSON and CSV at once; a column of the tables is a line in
`harness/reports/_content.py`.

A meter that the platform does not have raises NotAvailableError from `measure`.
"""

from __future__ import annotations

import os
import sys
from tracemalloc import is_tracing

from harness.errors import SharedProcessError

CLAIM = "MAPPING_STRATEGIES_METER"
"""The environment variable, of this process alone, that names the meter it belongs to."""


def claim_process(meter: str) -> None:
    """Take this process for one meter; raises SharedProcessError if it is not free.

    A tracer costs memory and time, and a measured call leaves memory behind: two figures from
    one process would each hold something of the other.
    """
    claim = f"{os.getpid()} {meter}"
    other = os.environ.get(CLAIM, "").partition(" ")
    if other[0] == str(os.getpid()):
        raise SharedProcessError(f"{meter} cannot measure here: {other[2]} did; start a process")
    if is_tracing():
        raise SharedProcessError(f"{meter} cannot measure here: tracemalloc is tracing")
    if sys.gettrace() or sys.getprofile():
        raise SharedProcessError(f"{meter} cannot measure here: a debugger or profiler is on")
    os.environ[CLAIM] = claim
