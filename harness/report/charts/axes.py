"""What curves run over: how much values repeat, and how many calls are made at once. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Axis(NamedTuple):
    """A field of the workload, the words for it, and the fields of marks that are drawn over it.

    Where it `is_logarithmic`, so is what is drawn: memory flattens out as values repeat less.
    Otherwise both are linear, from 0, where a peak meets the line of a container.
    """

    field: str
    title: str
    fields: tuple[str, ...]
    is_logarithmic: bool


REPETITION = Axis("repetition", "pools of values, times larger", ("retained", "peak"), True)
AT_ONCE = Axis("at_once", "calls at once", ("together", "throughput"), False)
AXES = (REPETITION, AT_ONCE)


def over(axis: Axis) -> str:
    """Return the field of marks that has the size of those on a curve over the axis."""
    return f"over_{axis.field}"
