"""The memory that a test allows: what its mark `peak_memory` says, or else the ini file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError
from callmeter.units import format_bytes, parse_bytes

if TYPE_CHECKING:
    import pytest

EXAMPLE = 'peak_memory("24 MB"), peak_memory(per_item="2.5 kB") or both'


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


def default_limits(text: str) -> Limits | None:
    """Return the limits of the ini file's value, None for an empty one; raises UsageError."""
    return Limits(_bytes(text, "the ini file's peak_memory")) if text else None


def _bytes(text: object, option: str) -> float | None:
    return None if text is None else parse_bytes(str(text), option)
