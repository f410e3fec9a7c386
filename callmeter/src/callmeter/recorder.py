"""Recording a call by memray: every allocation, native ones included."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callmeter import recording, temporary
from callmeter.errors import NotMeasuredError

if TYPE_CHECKING:
    from memray import Tracker


@contextmanager
def warming() -> Iterator[None]:
    """Trace the warm-up as the call will be.

    CPython keeps a table of lines for each function it traces, made at its first traced call:
    some 100 kB for SQLAlchemy's, which would be counted as the call's own. And memray is imported
    first: it makes classes, at which Python forgets what isinstance has found out.

    Raises NotAvailableError.
    """
    recording.import_memray()
    before = sys.getprofile()
    sys.setprofile(lambda *_: None)
    try:
        yield
    finally:
        sys.setprofile(before)


def sizes(call: Callable[[], object]) -> recording.Sizes:
    """Call once, and return the bytes above what was held before. Raises NotAvailableError."""
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        result = record(call, path)
        found = recording.read_sizes(path)
    del result
    return found


def record(call: Callable[[], object], path: Path, *, native: bool = False) -> object:
    """Call once, recording into a new file at `path`; return the result, held at the end.

    With `native` stacks, it is slower. The recording starts in the function that calls: of a frame
    that was there at the start and ends before the call, memray takes the end for that of one of
    the call's frames. Raises NotAvailableError.
    """
    tracking = tracker(path, native=native)
    gc.collect()
    with tracking:
        result = call()
        gc.collect()
    return result


def tracker(path: Path, *, native: bool = False) -> Tracker:
    """Return what records while it is entered, into a new file. Raises NotAvailableError."""
    memray = recording.import_memray()
    made: Tracker = memray.Tracker(
        path,
        native_traces=native,
        trace_python_allocators=True,
        file_format=memray.FileFormat.AGGREGATED_ALLOCATIONS,
    )
    return made


class Recorder:
    """Records a call in this process, which may have done anything before.

    `result` is what the call returned, `values` its figures, and `recording` the file, to be read
    once more if somebody asks where the bytes went.
    """

    def __init__(self) -> None:
        self.result: Any = None
        self.values: dict[str, float] = {}
        self.recording: bytes | None = None

    def record(self, function: Callable[[], object]) -> None:
        """Call once, and hold the result."""
        with self.file() as path:
            self.result = record(function, path, native=True)

    @contextmanager
    def file(self) -> Iterator[Path]:
        """Return where to record to; what was recorded is read at the end.

        Raises NotMeasuredError if something else records, NotAvailableError without memray.
        """
        _check_nothing_traces()
        with temporary.folder() as folder:
            path = Path(folder) / "recording"
            with _one_tracker():
                yield path
            self.values = recording.read_sizes(path)._asdict()
            self.recording = path.read_bytes()


def _check_nothing_traces() -> None:
    """Raise NotMeasuredError where tracemalloc or another recording of memray is on."""
    import tracemalloc

    if tracemalloc.is_tracing():
        raise NotMeasuredError("tracemalloc is tracing this process: its memory would count")
    with temporary.folder() as folder, _one_tracker(), tracker(Path(folder) / "trial"):
        pass


@contextmanager
def _one_tracker() -> Iterator[None]:
    """Raise NotMeasuredError where memray refuses a second recording: it cannot be asked."""
    try:
        yield
    except RuntimeError as error:
        if "more than one Tracker" not in str(error):
            raise
        raise NotMeasuredError(
            "memray records this process already (pytest --memray?), and can do so only once"
        ) from error
