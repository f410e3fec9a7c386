"""The memory that a test allows, and the message for a call that needed more. Pure.

The limits are those of the mark `peak_memory`, or else of the ini file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from callmeter.errors import UsageError
from callmeter.units import format_bytes, parse_bytes

if TYPE_CHECKING:
    from callmeter.measurement import Measurement

EXAMPLE = 'peak_memory("24 MB"), peak_memory(per_item="2.5 kB") or both'
SMALLEST_SHARE = 0.01
"""Of the peak: layers with less are put into one line, and places with less left out."""


class Limits(NamedTuple):
    """The most bytes at the peak of a call: in all, and for each item that it gives."""

    peak: float | None = None
    per_item: float | None = None

    def __str__(self) -> str:
        """Return them as a person reads them: `24.0 MB, 2.50 kB/item`."""
        parts = []
        if self.peak is not None:
            parts.append(format_bytes(self.peak))
        if self.per_item is not None:
            parts.append(f"{format_bytes(self.per_item)}/item")
        return ", ".join(parts)


def limits_of(mark: pytest.Mark, default: Limits | None = None) -> Limits:
    """Return the mark's limits, or the default of one without arguments; raises UsageError."""
    try:
        limits = peak_memory(*mark.args, **mark.kwargs)
    except TypeError as error:  # Python says which argument is wrong
        raise UsageError(f"{error}; write {EXAMPLE}") from None
    if limits != Limits():
        return limits
    if default is None:
        raise UsageError(f"peak_memory without a limit; write {EXAMPLE}, or set it in the ini file")
    return default


def peak_memory(peak: object = None, *, per_item: object = None) -> Limits:
    """Return the limits of these arguments, as the mark has them; raises UsageError."""
    return Limits(_bytes(peak, "peak_memory"), _bytes(per_item, "peak_memory's per_item"))


def default_limits(text: str) -> Limits:
    """Return the limits of the ini file's value; raises UsageError."""
    return Limits(_bytes(text, "the ini file's peak_memory"))


def _bytes(text: object, option: str) -> float | None:
    return None if text is None else parse_bytes(str(text), option)


def breach(limits: Limits, measurement: Measurement, how: str, root: Path) -> str | None:
    """Return by how much the call exceeds the limits, and what its peak is made of; None if not.

    `how` is how it was called; places of the code are relative to `root`.
    """
    name = measurement.name
    if limits.per_item is not None and (without := _without_items(measurement)):
        return f"{name}: {without}, so that peak_memory's per_item cannot hold; use a peak alone"
    exceeded = [
        f"peak {_excess(size, limit, unit)}"
        for size, limit, unit in (
            (measurement.peak, limits.peak, ""),
            (measurement.peak_per_item, limits.per_item, " an item"),
        )
        if size is not None and limit is not None and size > limit
    ]
    if not exceeded:
        return None
    return "\n".join(
        [
            f"{name}: {', '.join(exceeded)}",
            f"{_items(measurement)}{format_bytes(measurement.retained)} retained; "
            "all allocations, native ones included",
            f"measured in {measurement.where}, {how}",
            *_explained(measurement, root),
        ]
    )


def _excess(size: float, limit: float, unit: str) -> str:
    shown, of_limit = format_bytes(size), format_bytes(limit)
    if shown == of_limit:
        shown = format_bytes(size, up=True)
    return f"{shown}{unit} is over the limit of {of_limit}{unit} by {format_bytes(size - limit)}"


def _without_items(measurement: Measurement) -> str | None:
    if measurement.items is None:
        return "it gave nothing that has a length"
    return None if measurement.items else "it gave no items"


def _items(measurement: Measurement) -> str:
    if measurement.peak_per_item is None or measurement.items == 1:
        return ""
    each = format_bytes(measurement.peak_per_item)
    return f"{measurement.items:,} items, {each} each at the peak; "


def _explained(measurement: Measurement, root: Path) -> Iterator[str]:
    try:
        explanation = measurement.layers
    except Exception as error:  # the limit is exceeded, whatever becomes of its explanation
        yield f"(not explained: {error})"
        return
    total = sum(explanation.peak.values())
    yield "the peak by layer:"
    shown = {layer: size for layer, size in explanation.peak.items() if _is_shown(size, total)}
    if rest := total - sum(shown.values()):
        shown[f"{len(explanation.peak) - len(shown)} more"] = rest
    yield from _lines(shown, total)
    yield "the largest places:"
    places = {
        place.removeprefix(f"{root}{sep}"): size
        for place, size in explanation.peak_places.items()
        if _is_shown(size, total)
    }
    yield from _lines(places, total)


def _is_shown(size: int, total: int) -> bool:
    return size >= SMALLEST_SHARE * total


def _lines(bytes_of: Mapping[str, int], total: int) -> Iterator[str]:
    for name, size in bytes_of.items():
        yield f"  {format_bytes(size):>8}  {size / total:4.0%}  {name}"
