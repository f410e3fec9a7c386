"""The states of the cyclic garbage collector that a call can be measured in."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 100)
"""Of the state `relaxed`: a pass every 50,000 new objects, a full one at most every 100 million."""


def _freeze() -> None:
    gc.collect()
    gc.freeze()


STATES = {
    "default": lambda: None,
    "paused": gc.disable,
    "relaxed": lambda: gc.set_threshold(*THRESHOLDS),
    "frozen": _freeze,
}
"""What puts the collector of this process into each: frozen, it skips what is there already."""


def set_state(name: str) -> None:
    """Put the collector into that state for the rest of the process; raises KeyError for none."""
    STATES[name]()
