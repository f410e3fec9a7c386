"""Where the bytes go: one call recorded, split by layer and by place, its result counted."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from callmeter import recorder, recording, temporary
from callmeter.census import Kind, census
from callmeter.errors import NotMeasuredError
from callmeter.layers import by_layer
from callmeter.packaged import in_its_package
from callmeter.places import place_of
from callmeter.recording import Part

MOST_PLACES = 5
"""Places of the code that are named, largest first."""
SMALLEST_SHARE = 0.01
"""Of all bytes, for a place to be named."""


@dataclass(frozen=True)
class Explanation:
    """The bytes of each layer at the peak and after the call, and a census of the result.

    The layers of each moment add up to all that the recording holds of it. `peak_places` and
    `retained_places` are the places of the code, as `file:line (function)`, where most bytes were
    allocated: the innermost line of the user's own code, or else of a library. The recording is
    one of its own, with psycopg's loaders wrapped to tell their type; it agrees with the meter
    `allocator` within 1%. It finds more where the call clears a cache: what was there before is
    held for the census, and so CPython has less to make new objects from.
    """

    peak: dict[str, int]
    retained: dict[str, int]
    census: list[Kind] = field(default_factory=list)
    peak_places: dict[str, int] = field(default_factory=dict)
    retained_places: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it; `from_json` reads that."""
        return asdict(self) | {"census": [kind._asdict() for kind in self.census]}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Explanation:
        """Return the explanation that was written so."""
        return cls(**{**found, "census": [Kind(**kind) for kind in found["census"]]})


def explain(
    function: Callable[[], object], own: Sequence[str] = (), flamegraph: str | None = None
) -> Explanation:
    """Record the call and explain it; `flamegraph` names a file for memray's own picture.

    `own` are folders or files of the user's code (`callmeter.call.Call`).

    psycopg's loaders must be marked (`callmeter.driver_values`) before the call's connection is
    made. Raises NotAvailableError where memray does not run.
    """
    gc.collect()
    older = gc.get_objects()
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        result = recorder.record(function, path, native=True)
        if flamegraph:
            recording.draw_flamegraph(path, Path(flamegraph))
        return _explained(path, own, census(result, older))


def explain_recorded(recorded: bytes | None, own: Sequence[str] = ()) -> Explanation:
    """Return the explanation of a recording; raises NotMeasuredError if there is none."""
    if recorded is None:
        raise NotMeasuredError("nothing was recorded: add 'allocator' to the meters")
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        path.write_bytes(recorded)
        return _explained(path, own, [])


def _explained(path: Path, own: Sequence[str], kinds: list[Kind]) -> Explanation:
    peak, retained = (list(map(_in_packages, parts)) for parts in recording.read(path))
    return Explanation(
        _largest_first(by_layer(peak, own)),
        _largest_first(by_layer(retained, own)),
        kinds,
        _places(peak, own),
        _places(retained, own),
    )


def _in_packages(part: Part) -> Part:
    return part._replace(libraries=tuple(map(in_its_package, part.libraries)))


def _places(parts: Iterable[Part], own: Sequence[str]) -> dict[str, int]:
    bytes_of: Counter[str] = Counter()
    for part in parts:
        bytes_of[place_of(part, own)] += part.size
    least = SMALLEST_SHARE * bytes_of.total()
    return {place: size for place, size in bytes_of.most_common(MOST_PLACES) if size >= least}


def _largest_first(bytes_of: Mapping[str, int]) -> dict[str, int]:
    return {name: size for name, size in Counter(bytes_of).most_common() if size}
