"""Where the bytes go: one call recorded, split by layer, its result counted."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness import recording, temporary
from harness.bounds import Bytes
from harness.explanation.census import Kind, census
from harness.explanation.layers import LAYERS, by_layer

if TYPE_CHECKING:
    from collections.abc import Callable


class Explanation(msgspec.Struct, frozen=True):
    """The bytes of each layer at the peak and after the call, and a census of the result.

    The layers of each moment add up to all that the recording holds of it. The recording is one
    of its own, with psycopg's loaders wrapped to tell their type; it agrees with the allocator
    meter's within 1%.
    """

    peak_bytes: dict[str, Bytes]
    retained_bytes: dict[str, Bytes]
    census: list[Kind]

    def __post_init__(self) -> None:
        """Raise ValueError for a layer that there is not."""
        for layer in [*self.peak_bytes, *self.retained_bytes]:
            if layer not in LAYERS:
                raise ValueError(f"there is no layer {layer!r}")


def explain(call: Callable[[], object], flamegraph: str | None = None) -> Explanation:
    """Record the call and explain it; `flamegraph` names a file for memray's own picture.

    psycopg's loaders must be marked (`harness.explanation.marks`) before the call's engine is
    made. Raises NotAvailableError where memray does not run.
    """
    gc.collect()
    older = gc.get_objects()
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        recorded = recording.recorded(call, path)
        if flamegraph:
            recording.draw_flamegraph(path, Path(flamegraph))
    return Explanation(
        peak_bytes=_present(by_layer(recorded.peak)),
        retained_bytes=_present(by_layer(recorded.retained)),
        census=census(recorded.result, older),
    )


def _present(bytes_of: dict[str, int]) -> dict[str, int]:
    return {layer: size for layer, size in bytes_of.items() if size}
