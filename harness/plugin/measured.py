"""What a test is told of a call that was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Layers(NamedTuple):
    """The bytes of each layer (`harness.explanation.layers`), largest first, at both moments."""

    peak: dict[str, int]
    retained: dict[str, int]


@dataclass(frozen=True)
class Measured:
    """What a call needed, in bytes above what was held before it.

    `delta` is retained after the call, `peak` the most during it: all allocations, native ones
    too, as the harness's meter `allocator` counts. `items` is how many the call gave: the length
    of what it returned, or 1. `where` is `a fresh process`, or `this process: ` and why; `result`
    what the call returned, if that was in this process, else None.
    """

    name: str
    delta: int
    peak: int
    items: int
    where: str
    result: Any = field(default=None, repr=False)
    meter: str = "allocator"
    explained: Callable[[], Layers] = field(kw_only=True, repr=False, compare=False)

    @property
    def delta_per_item(self) -> float:
        """Bytes retained, an item; all of them, if there is none."""
        return self.delta / max(1, self.items)

    @property
    def peak_per_item(self) -> float:
        """Bytes at the peak, an item; all of them, if there is none."""
        return self.peak / max(1, self.items)

    @cached_property
    def layers(self) -> Layers:
        """Which layer allocated what: `layers.peak` and `layers.retained`.

        Of a call measured in a fresh process, it is another one, made in another such process
        when this is first asked for: with psycopg's loaders marked, so that the driver's values
        tell their type. The layers then add up to the figures within 1%, and else exactly.
        Raises NotMeasuredError if that process gives no answer.
        """
        return self.explained()


def largest_first(bytes_of: dict[str, int]) -> dict[str, int]:
    """Give the layers that have any bytes, largest first."""
    return dict(sorted(((k, v) for k, v in bytes_of.items() if v), key=lambda kv: -kv[1]))
