"""A metric: a named quantity that a meter measures of a call. Pure."""

from __future__ import annotations

from dataclasses import dataclass

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
