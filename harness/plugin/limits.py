"""The memory that a test allows, as its mark `peak_memory` says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness import budgets
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from harness.plugin.measured import Measured

EXAMPLE = 'peak_memory("24 MB"), peak_memory(per_item="2.5 kB") or both'
SMALLEST_SHARE = 0.01
"""Of the peak: layers with less are told in one line."""
MEGABYTE, KILOBYTE = 10**6, 10**3


class Limits(NamedTuple):
    """The most bytes at the peak of a call: in all, and for each item that it gives."""

    peak: float | None
    per_item: float | None


def limits_of(mark: pytest.Mark) -> Limits:
    """Read the mark's budgets; raises UsageError, saying what would be right."""
    try:
        limits = peak_memory(*mark.args, **mark.kwargs)
    except TypeError as error:  # Python says which argument is wrong
        raise UsageError(f"{error}; write {EXAMPLE}") from None
    if limits == Limits(None, None):
        raise UsageError(f"peak_memory without a budget; write {EXAMPLE}")
    return limits


def peak_memory(peak: object = None, *, per_item: object = None) -> Limits:
    """Read the arguments of the mark; raises UsageError."""
    return Limits(_bytes(peak, "peak_memory"), _bytes(per_item, "peak_memory's per_item"))


def breach(limits: Limits, measured: Measured) -> str | None:
    """Say by how much the call exceeds the limits, and what its peak is made of; None if not."""
    over = []
    if limits.peak is not None and measured.peak > limits.peak:
        over.append(f"peak {_over(measured.peak, limits.peak)}")
    if limits.per_item is not None and measured.peak_per_item > limits.per_item:
        over.append(f"peak {_over(measured.peak_per_item, limits.per_item, ' an item')}")
    if not over:
        return None
    return "\n".join(
        [
            f"{measured.name}: {', '.join(over)}",
            f"{_items(measured)}{_said(measured.delta)} retained; all allocations, native ones too",
            f"measured in {measured.where}",
            *_by_layer(measured),
        ]
    )


def _bytes(text: object, option: str) -> float | None:
    return None if text is None else budgets.memory(str(text), option)


def _by_layer(measured: Measured) -> Iterator[str]:
    try:
        layers = measured.layers.peak
    except Exception as error:  # the limit is exceeded, whatever becomes of its explanation
        yield f"(by layer: {error})"
        return
    yield "the peak by layer:"
    total = sum(layers.values())
    shown = {layer: size for layer, size in layers.items() if size >= SMALLEST_SHARE * total}
    if rest := total - sum(shown.values()):
        shown[f"{len(layers) - len(shown)} more"] = rest
    for layer, size in shown.items():
        yield f"  {_said(size):>10}  {size / total:4.0%}  {layer}"


def _items(measured: Measured) -> str:
    if measured.items == 1:
        return ""
    return f"{measured.items:,} items, {_said(measured.peak_per_item)} each at the peak; "


def _over(size: float, limit: float, each: str = "") -> str:
    return f"{_said(size)}{each} is over the limit of {_said(limit)} ({size / limit:.2f}x)"


def _said(size: float) -> str:
    """Say bytes in decimal units: `24.12 MB`."""
    for one, unit in ((MEGABYTE, "MB"), (KILOBYTE, "kB")):
        if size >= one:
            return f"{size / one:,.2f} {unit}"
    return f"{size:,.0f} B"
