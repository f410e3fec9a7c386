"""What charts draw of an explanation: fewer layers than it has, as ratios to the floor. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.layers import (
    CONTAINERS,
    DJANGO_INSTANCES,
    DJANGO_LOADING,
    EVENT_LOOP,
    JSON,
    LIBRARY,
    OTHER,
    POOLS,
    PYDANTIC,
    RESERVES,
)
from harness.model.cell import FLOOR
from harness.model.summary import summaries
from harness.report.charts.palette import LAYERS
from harness.report.explanation import MOMENTS, bytes_of, explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.run import Run
    from harness.report.charts.marks import Mark

LIBRARIES = (DJANGO_INSTANCES, DJANGO_LOADING, PYDANTIC, JSON, EVENT_LOOP, RESERVES)
"""Layers that are drawn as one with the libraries."""


def layers(run: Run) -> tuple[list[Mark], str]:
    """Return a mark for each drawn layer, moment and strategy, and the unit of their sizes.

    Sizes are ratios to the floor's peak (meter allocator) on the same workload, or bytes an item
    where that was not measured.
    """
    explanations = explained(run)
    peaks = {call.workload: call.value("peak") for call in summaries(run) if call.name == FLOOR}
    floors = [peaks.get(one.workload) for one in explanations]
    is_to_floor = all(floors)
    marks = [
        {
            "strategy": one.name,
            "moment": moment,
            "layer": layer,
            "place": place,
            "size": size / (floor if is_to_floor and floor else one.items),
            "bytes_per_item": size / one.items,
        }
        for one, floor in zip(explanations, floors, strict=True)
        for moment in MOMENTS
        for place, (layer, size) in enumerate(_drawn(bytes_of(one, moment)).items())
    ]
    item = explanations[0].item if explanations else "entry"
    return marks, f"x {FLOOR}" if is_to_floor else f"bytes an {item}"


def _drawn(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return the bytes of each of the palette's layers."""
    drawn = dict.fromkeys(LAYERS, 0)
    for layer, size in sizes.items():
        drawn[drawn_as(layer)] += size
    return drawn


def drawn_as(layer: str) -> str:
    """Return which of the palette's layers a layer of the explanation is drawn as."""
    if layer in (CONTAINERS, POOLS):
        return "containers and sharing pools"
    if layer in LIBRARIES or layer.startswith(LIBRARY):
        return "libraries"
    return next((drawn for drawn in LAYERS if layer.startswith(drawn)), OTHER)
