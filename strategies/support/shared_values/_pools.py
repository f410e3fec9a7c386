"""The pools of one connection: what all drivers share values with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strategies.support.sharing import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 4096
"""Values a generation of a connection's pool, of which there are two: some 1 MB a type.

They are held beside whatever the connection reads, so that it is the memory that sets the bound.
Of what a read repeats, it reaches as far back as `selectinload` needs: it reads the children of 500
parents by position, so that a value of one parent comes again after those of 499 others.
"""

LONGEST = 64
"""Bytes of the longest value shared, as it comes from the server: pools are bounded by number."""


class ShortValues(Pool):
    """A pool of raw bytes or text, which makes what is longer than LONGEST and forgets it."""

    def __missing__(self, raw: Any) -> Any:
        """Return the object of a raw value that is not among the present generation."""
        return self._make(raw) if len(raw) > LONGEST else super().__missing__(raw)


class Pools(dict[Any, ShortValues]):
    """What makes the values of a type, which stands for the type -> their pool.

    A pool is made when it is first asked for, so that to clear this ends them all.
    """

    def __init__(self, bound: int | None) -> None:
        super().__init__()
        self.bound = bound

    def __missing__(self, make: Callable[[Any], Any]) -> ShortValues:
        """Return a new pool of what `make` returns."""
        pool = self[make] = ShortValues(make, self.bound)
        return pool
