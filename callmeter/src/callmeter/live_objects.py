"""Objects that live in the process beside the call, as a service holds them.

The cyclic garbage collector looks at all of them in every full pass: what a call costs depends on
how many there are. A third each are instances with attributes, tuples and dicts, as of a cache of
rows: a dict holds a tuple, which holds an instance. None is of atoms alone, which the collector
would stop to track.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import islice


class Record:
    """An instance with two attributes."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = "a record"


def live_objects(count: int) -> list[object]:
    """Return that many objects that the collector tracks, but for the list itself.

    They are in its oldest generation, as what a service has held for long.
    """
    is_enabled = gc.isenabled()
    gc.disable()  # its passes over what is being made would take longer than making it
    try:
        return list(islice(_linked(), count))
    finally:
        if is_enabled:
            gc.enable()
        if count:
            gc.collect()


def _linked() -> Iterator[object]:
    """Yield instances, tuples and dicts in turn."""
    number = 0
    while True:
        record = Record(number)
        yield record
        row = (number, record)
        yield row
        yield {"number": number, "row": row}
        number += 1
