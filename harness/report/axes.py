"""What figures are shown over: how much values repeat, how many calls are made at once. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Axis(NamedTuple):
    """A field of the workload that tables and curves are over, with the words for it.

    `title` is that of a table and `column` the heading of one of its columns; `label` is that of a
    curve, and `fields` are those of marks that are drawn over it. Where it `is_logarithmic`, so is
    what is drawn: memory flattens out as values repeat less. Otherwise both are linear, from 0,
    where a peak meets the line of a container.
    """

    field: str
    title: str
    column: str
    label: str
    fields: tuple[str, ...]
    is_logarithmic: bool

    @property
    def size_field(self) -> str:
        """The field of marks that has the size of those on a curve over the axis."""
        return f"over_{self.field}"


REPETITION = Axis(
    "repetition",
    "As values repeat less",
    "pools\n{:,}x",
    "pools of values, times larger",
    ("retained", "peak"),
    is_logarithmic=True,
)
AT_ONCE = Axis(
    "at_once",
    "As more calls are made at once",
    "{:,} at\nonce",
    "calls at once",
    ("together", "throughput"),
    is_logarithmic=False,
)
AXES = (REPETITION, AT_ONCE)
