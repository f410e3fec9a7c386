"""What a run is: a header, and a measurement for each cell. Pure.

`harness.model.saved` reads and writes it.
"""

from __future__ import annotations

import msgspec

from callmeter.explanation import Explanation
from callmeter.target import Target
from harness.model.cell import REFERENCE, Cell
from harness.model.fields import Count, MetricKey, Seconds, Share, Value

FORMAT = 4

DRIVER = "driver"
"""What an environment calls the driver that all strategies of the run were measured with."""
LIVE_OBJECTS = "live objects"
"""What it calls the number of objects that a measuring process held beside the call."""
ALWAYS_KNOWN = ("server", "python", "system", "commit")
"""What a report says of the environment; `unknown`, where a run does not."""


class Header(msgspec.Struct, frozen=True):
    """What a run is: its format's version, how much it planned, and what it ran on.

    `labels` and `offers` are by strategy: its label, and the traits it offers where it says so.
    `reference` is the strategy that times, and "smaller", are a ratio to; `yardsticks` are measured
    beside the strategies and are none. `targets` are the functions that were measured, by name;
    passwords in them are masked. `warm_up` is whether they were called once before.
    """

    format: int
    cells: Count
    command: str
    environment: dict[str, str]
    labels: dict[str, str]
    offers: dict[str, list[str]] = {}
    reference: str = REFERENCE
    yardsticks: list[str] = []
    targets: dict[str, Target] = {}
    warm_up: bool = True

    def __post_init__(self) -> None:
        """Fill in what the environment does not say."""
        whole = self.environment | {
            what: "unknown" for what in ALWAYS_KNOWN if what not in self.environment
        }
        msgspec.structs.force_setattr(self, "environment", whole)


class Measurement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one cell gave: {key of a metric: value} in the metric's unit.

    `error` says what went wrong instead; `unavailable`, why this platform cannot measure it;
    `seconds`, how long its process took from start to end; `items`, how many the call gave;
    `where`, the worker of a cluster that measured it, of which the environment tells. Of an error,
    `error_type` is the name of its class, and `traceback` the lines that Python prints of it.
    `allocators` are packages in use that have an allocator of their own. `series` are those of a
    meter of many calls, a value for each.

    Of a time, `others` and `stolen` are the shares of the machine's processors that other processes
    and other machines on its host had meanwhile, and `mhz` the frequency of its fastest one: None
    where that is unknown, as in runs of before there were these fields.
    """

    cell: Cell
    values: dict[MetricKey, Value]
    error: str | None = None
    seconds: Seconds = 0.0
    unavailable: str | None = None
    explanation: Explanation | None = None
    items: Count | None = None
    where: str | None = None
    error_type: str | None = None
    traceback: list[str] = []
    allocators: list[str] = []
    series: dict[MetricKey, list[Value]] = {}
    others: Share | None = None
    stolen: Share | None = None
    mhz: Count | None = None


class Run(msgspec.Struct, frozen=True):
    """A header and its measurements, as saved."""

    header: Header
    measurements: list[Measurement]

    @property
    def calls(self) -> int:
        """How many calls a worker made one after the other; 0 if that was not measured."""
        return max((measurement.cell.calls for measurement in self.measurements), default=0)
