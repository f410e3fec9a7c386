"""The meters: one module each, found by its file.

A meter is a module with a docstring, whose first line is what it measures, and

- `METRICS`: the metrics that it measures (`Metric`).
- `measure(function)`: call once, and return {key of a metric: value}. What the call returned is
  held until all is measured. A meter with `OF_MAKING = True` is given what makes the call instead:
  it measures that in a process that has imported nothing of it.
- `REPEATS`: how many fresh processes it takes by default.
- `ALONE`: whether nothing else may run on the machine meanwhile.
- and, where it is so: `SEES_NATIVE = False`; `warming`, a context manager to warm up in;
  `OF_CALLS = True`, if `measure(function, calls)` makes so many calls and returns a series of
  values for each, beside the metrics.

A meter that the platform does not have raises NotAvailableError from `measure`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from tracemalloc import is_tracing
from types import ModuleType

from callmeter import discovery
from callmeter.errors import NotMeasuredError

BYTES, SECONDS, SHARE = "B", "s", "share"


@dataclass(frozen=True)
class Metric:
    """A quantity of a call; less of it is better.

    `tolerance` is how far apart repeats may lie, as a share of their median, and still be steady:
    memory from process to process, time between the quartiles. `resolution` is the difference, in
    the unit, below which two values are one.
    """

    key: str
    title: str
    unit: str
    meter: str
    tolerance: float
    resolution: float = 0.0

    @property
    def is_memory(self) -> bool:
        """Whether it is bytes, which compare from run to run; seconds do not."""
        return self.unit == BYTES


def names() -> list[str]:
    """Return the names of the meters, in alphabetical order."""
    return discovery.names(sys.modules[__name__])


def load(name: str) -> ModuleType:
    """Import the meter; raises UsageError, with a near miss, where there is none."""
    return discovery.load(sys.modules[__name__], name)


def is_of_calls(name: str) -> bool:
    """Whether the meter makes many calls, one after the other, and needs their number."""
    return bool(getattr(load(name), "OF_CALLS", False))


def metrics() -> dict[str, Metric]:
    """Return every metric of every meter by its key."""
    return {metric.key: metric for name in names() for metric in load(name).METRICS}


def check_untraced(meter: str) -> None:
    """Raise NotMeasuredError where another tool traces this process: its cost would count."""
    if is_tracing():
        raise NotMeasuredError(f"{meter} cannot measure here: tracemalloc is tracing")
    if sys.gettrace() or sys.getprofile():
        raise NotMeasuredError(f"{meter} cannot measure here: a debugger or profiler is on")
