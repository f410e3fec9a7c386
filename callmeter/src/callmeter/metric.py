"""A metric: a named quantity that a meter measures of a call. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BYTES, SECONDS = "B", "s"


@dataclass(frozen=True)
class Metric:
    """A quantity of a call; less of it is better.

    `tolerance` is how far apart two repeats may be, as a share of their median, before that is
    said: those of memory from process to process, those of time between the quartiles.
    """

    key: str
    title: str
    unit: str
    meter: str
    tolerance: float

    @property
    def is_memory(self) -> bool:
        """Whether it is bytes, which compare from run to run; seconds do not."""
        return self.unit == BYTES
