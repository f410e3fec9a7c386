"""A call, or a test's body, measured in this process: what cannot be sent to another."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import recording, temporary
from harness.errors import SharedProcessError
from harness.explanation.layers import by_layer
from harness.own.calling import count, reading
from harness.plugin.measured import Layers, Measured, largest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.own.calling import Loop
    from harness.recording import Recording


def measure(name: str, call: Callable[[], Any], loop: Loop, reason: str) -> Measured:
    """Measure the call after a warm-up, awaited in the loop.

    What other threads allocate meanwhile counts too. Raises what the call raises;
    SharedProcessError if something else traces; NotAvailableError without memray.
    """
    _check_nothing_traces()
    read = reading(call, loop)
    with recording.warming():
        read()
    with temporary.folder() as folder:
        recorded = recording.recorded(read, Path(folder) / "recording")
    return _measured(name, recorded, f"this process: {reason}")


@contextmanager
def body(name: str, tell: Callable[[Measured], None]) -> Iterator[None]:
    """Measure what is done within, without a warm-up, and tell; nothing is told if it raises.

    Raises SharedProcessError if something else traces, NotAvailableError without memray.
    """
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        _check_nothing_traces()
        recorder = recording.tracker(path, native=True)
        gc.collect()
        with recorder, _told_of_another_tracker():
            yield
        recorded = recording.read(path)
    tell(_measured(name, recorded, "this process: the test's own body, without a warm-up"))


def _check_nothing_traces() -> None:
    if tracemalloc.is_tracing():
        raise SharedProcessError("tracemalloc is tracing this process: its memory would count")
    with (
        temporary.folder() as folder,
        _told_of_another_tracker(),
        recording.tracker(Path(folder) / "trial"),
    ):
        pass


@contextmanager
def _told_of_another_tracker() -> Iterator[None]:
    """Raise SharedProcessError where memray refuses a second recording: it cannot be asked."""
    try:
        yield
    except RuntimeError as error:
        if "more than one Tracker" not in str(error):
            raise
        raise SharedProcessError(
            "memray records this process already (pytest --memray?), and can do so only once"
        ) from error


def _measured(name: str, recorded: Recording, where: str) -> Measured:
    peak, retained = by_layer(recorded.peak), by_layer(recorded.retained)
    layers = Layers(largest_first(peak), largest_first(retained))
    return Measured(
        name=name,
        delta=sum(retained.values()),
        peak=sum(peak.values()),
        items=count(recorded.result),
        where=where,
        result=recorded.result,
        explained=lambda: layers,
    )
