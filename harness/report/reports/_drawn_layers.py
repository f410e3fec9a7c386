"""The layers that pictures draw: fewer than an explanation has, as ratios to the floor. Pure."""

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
from harness.model.compare import rows
from harness.report.reports import _layers as layers
from harness.report.reports._palette import LAYERS
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.run import Run
    from harness.report.reports._figures import Figure

LIBRARIES = (DJANGO_INSTANCES, DJANGO_LOADING, PYDANTIC, JSON, EVENT_LOOP, RESERVES)
"""Layers that are drawn as one with the libraries."""


def explanation(run: Run) -> tuple[list[Figure], str]:
    """Give the bytes of each drawn layer, moment and strategy, and their unit.

    They are ratios to the floor's peak (meter allocator) at the same payroll, or bytes an entry
    (or item) where that was not measured.
    """
    found = list(layers.explained(run))
    floors = {
        row["workload"]: row.get("allocator_peak_bytes")
        for row in rows(run)
        if row["strategy"] == FLOOR
    }
    bases = [floors.get(each.workload) for each in found]
    to_floor = all(bases)
    made = []
    for each, floor in zip(found, bases, strict=True):
        base = floor if to_floor and floor else each.entries
        for moment in layers.MOMENTS:
            for place, (group, size) in enumerate(_drawn(layers.bytes_of(each, moment))):
                made.append(
                    {
                        "strategy": each.strategy,
                        "moment": moment,
                        "layer": group,
                        "place": place,
                        "size": size / base,
                        "bytes_per_entry": size / each.entries,
                    }
                )
    item = found[0].item if found else "entry"
    return made, f"x {FLOOR}" if to_floor else f"bytes an {item}"


def _drawn(bytes_of: dict[str, int]) -> Iterable[tuple[str, int]]:
    sizes = dict.fromkeys(LAYERS, 0)
    for layer, size in bytes_of.items():
        sizes[drawn_as(layer)] += size
    return sizes.items()


def drawn_as(layer: str) -> str:
    """Give which of the palette's layers a layer of the explanation is drawn as."""
    if layer in (CONTAINERS, POOLS):
        return "containers and sharing pools"
    if layer in LIBRARIES or layer.startswith(LIBRARY):
        return "libraries"
    return next((group for group in LAYERS if layer.startswith(group)), OTHER)
