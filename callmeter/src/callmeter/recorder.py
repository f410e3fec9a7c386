"""A call recorded in this process, which may have done anything before."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callmeter import recording, temporary
from callmeter.call import own_code
from callmeter.errors import NotMeasuredError
from callmeter.explanation import Explanation, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Recorder:
    """Records one call, and holds what came of it.

    The recording is a file of some 100 kB, read once more if somebody asks where the bytes went.
    """

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        self.result: Any = None
        self.values: dict[str, float] = {}
        self._function = function
        self._recording: bytes | None = None

    def record(self, function: Callable[[], object]) -> None:
        """Call once, and hold the result.

        The recording starts in the function that calls: of a frame that was there at the start and
        ends before the call, memray takes the end for that of one of the call's frames.
        """
        with self.file() as path:
            self.result = recording.record(function, path, native=True)

    @contextmanager
    def file(self) -> Iterator[Path]:
        """Return where to record to; what was recorded is read at the end.

        Raises NotMeasuredError if something else records, NotAvailableError without memray.
        """
        check_nothing_traces()
        with temporary.folder() as folder:
            path = Path(folder) / "recording"
            with _one_tracker():
                yield path
            sizes = recording.read_sizes(path)
            self._recording = path.read_bytes()
        self.values = {"peak": sizes.peak, "retained": sizes.retained}

    def explain(self) -> Explanation:
        """Return where the bytes went; raises NotMeasuredError if nothing was recorded."""
        if self._recording is None:
            raise NotMeasuredError("nothing was recorded: add 'allocator' to the meters")
        own = own_code(getattr(self._function, "__module__", None))
        with temporary.folder() as folder:
            path = Path(folder) / "recording"
            path.write_bytes(self._recording)
            return explained(recording.read(path), own)


def check_nothing_traces() -> None:
    """Raise NotMeasuredError where tracemalloc or another recording of memray is on."""
    import tracemalloc

    if tracemalloc.is_tracing():
        raise NotMeasuredError("tracemalloc is tracing this process: its memory would count")
    with (
        temporary.folder() as folder,
        _one_tracker(),
        recording.tracker(Path(folder) / "trial"),
    ):
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
