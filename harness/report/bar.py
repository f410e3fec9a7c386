"""A container as a bar: its base, the calls at once, the headroom; or what is too much. Pure."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from callmeter.units import MEMORY_SHOWN, format_bytes, unit_of
from harness.report.document import Code
from harness.report.format import counted, exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.container import Need

WIDTH = 54
"""Columns of a bar, which with its ends and its indent fit the narrowest page."""
BASE, CALLS, ROOM, LIMIT = "#", "=", ".", "|"
"""What the parts are drawn with, alike in a pipe, without colours and in any encoding."""
MANY = 10
"""Containers that a part would fill, from which on its share is no percentage."""


def bar(need: Need, container: float, at_once: int) -> Code:
    """Return the sum, the bar and its legend, of the upper ends of what is needed."""
    fits = need.high <= container
    whole = container if fits else need.high
    parts = [need.base.high, need.calls.high, *([container - need.high] if fits else ())]
    calls = counted(at_once, "call")
    if fits:
        drawn = _drawn(_apportioned(parts, WIDTH), (BASE, CALLS, ROOM))
        bounded = f"{LIMIT}{drawn}{LIMIT}"
    else:
        drawn = _drawn(_apportioned(parts, WIDTH), (BASE, CALLS))
        end = min(WIDTH - 1, floor(container / whole * WIDTH))
        bounded = f"{LIMIT}{drawn[:end]}{LIMIT}{drawn[end:]}"
    base, of_calls, *room = _shares(parts, container)
    legend = [f"{BASE} base {base}", f"{CALLS} {calls} {of_calls}"]
    legend += [f"{ROOM} headroom {share}" for share in room]
    legend += [] if fits else [f"{LIMIT} the container"]
    return Code((_sum(parts, container, calls), bounded, "   ".join(legend)))


def _sum(parts: Sequence[float], container: float, calls: str) -> str:
    """Return `512 MB = 62 MB base + 4 calls 118 MB + 332 MB headroom`, which adds up as shown."""
    if len(parts) == 2:
        base, of_calls = (format_bytes(part, up=True) for part in parts)
        missing = format_bytes(sum(parts) - container, up=True)
        whole = exactly(container, MEMORY_SHOWN)
        return f"{whole} < {base} base + {calls} {of_calls}: {missing} too little"
    size, unit = unit_of(container, MEMORY_SHOWN)
    places = max(0, 2 - floor(log10(container / size)))
    step = size / 10**places

    def amount(steps: int) -> str:
        return f"{steps * step / size:,.{places}f} {unit}"

    whole = round(container / step)
    base, of_calls, room = map(amount, _apportioned(parts, whole))
    return f"{amount(whole)} = {base} base + {calls} {of_calls} + {room} headroom"


def _shares(parts: Sequence[float], container: float) -> list[str]:
    if len(parts) > 2:
        return [f"{share}%" for share in _apportioned(parts, 100)]
    shares = [part / container for part in parts]
    return [f"{share:.0%}" if share < MANY else f"over {MANY}x" for share in shares]


def _apportioned(parts: Sequence[float], whole: int) -> list[int]:
    """Return the parts in whole numbers that add up to the whole, each less than 1 off."""
    scale = whole / sum(parts)
    exact = [part * scale for part in parts]
    found = [floor(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda nth: found[nth] - exact[nth])
    for nth in by_rest[: whole - sum(found)]:
        found[nth] += 1
    return found


def _drawn(columns: Sequence[int], characters: Sequence[str]) -> str:
    return "".join(one * count for one, count in zip(characters, columns, strict=True))
