"""Faults of the harness's own processes and of the machine, at every stage of a run."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from trust import _shortages, _signals, _surroundings, _users
from trust._trial import tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.publish.trials import Trial

TIMES = 3


def tried(times: int | None) -> Iterator[Trial]:
    """Try every fault at every stage where it can happen."""
    every = (each.faults() for each in (_signals, _shortages, _surroundings, _users))
    yield from tally(chain.from_iterable(every), times or TIMES)
