"""One recording of every allocation of a call, by memray.

The allocator meter sums it up, the layers split it.

Python's allocators are traced at their front door, so an object counts with the bytes it asked
for, and the arenas that they are served from are not counted again; libpq's and Arrow's own
`malloc` counts where no Python allocator stands in between. Recorded in memray's aggregated
format: some 100 kB however long the call, holding exactly two moments, the peak and the end.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter import temporary
from callmeter.errors import NotAvailableError
from callmeter.native_libraries import native_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from memray import AllocationRecord, Tracker

    from callmeter.native_libraries import NativeLibraries

memray_folder: str | None = None
"""A folder that memray is imported from, for an interpreter that does not have it."""

NATIVE_FRAMES = 40
"""How many native frames of an allocation are looked at, innermost first."""
WITHOUT_SYMBOLS = 8
"""How many are taken for called by the innermost Python function where that does not show."""
INTERPRETER = ("_PyEval_EvalFrame", "_PyEval_Vector", "PyEval_EvalCode")
"""How the functions of CPython begin that run Python code: what called C code from there."""


class Frame(NamedTuple):
    """A function's call, and the line that it had come to."""

    function: str
    file: str
    line: int


class Part(NamedTuple):
    """The blocks that one place of the code allocated and that live at one moment.

    `size` is in bytes; stacks are innermost first. `native` holds the names of the functions of C
    that the innermost Python function called, and `libraries` the files that they lie in, as far
    as is known; both are empty in a recording without native stacks. The stacks tell parts apart,
    the allocator does not: without native stacks a part may hold blocks of several allocators,
    under the name of one of them.
    """

    size: int
    allocator: str
    stack: tuple[Frame, ...]
    native: tuple[str, ...]
    libraries: tuple[str, ...] = ()


class Recording(NamedTuple):
    """What lives at the peak of a call, what lives on after it, and what it returned."""

    peak: list[Part]
    retained: list[Part]
    result: object


class Sizes(NamedTuple):
    """The bytes at the peak of a call, and those that live on after it."""

    peak: int
    retained: int


@contextmanager
def warming() -> Iterator[None]:
    """Trace the warm-up as the call will be.

    CPython keeps a table of lines for each function it traces, made at its first traced call:
    some 100 kB for SQLAlchemy's, which would be counted as the call's own. And memray is imported
    first: it makes classes, at which Python forgets what isinstance has found out.

    Raises NotAvailableError.
    """
    import_memray()
    before = sys.getprofile()
    sys.setprofile(lambda *_: None)
    try:
        yield
    finally:
        sys.setprofile(before)


def sizes(call: Callable[[], object]) -> Sizes:
    """Call once, and return the bytes above what was held before. Raises NotAvailableError."""
    with temporary.folder() as folder:
        path = Path(folder) / "recording"
        result = record(call, path)
        given = read_sizes(path)
    del result
    return given


def recorded(call: Callable[[], object], path: Path) -> Recording:
    """Call once, and return every place that allocated, with native stacks: slower than `sizes`.

    The recording itself stays at `path`, for a flame graph. Raises NotAvailableError.
    """
    return read(path, record(call, path, native=True))


def record(call: Callable[[], object], path: Path, *, native: bool = False) -> object:
    """Call once, recording into a new file at `path`; return the result, held at the end."""
    recorder = tracker(path, native=native)
    gc.collect()
    with recorder:
        result = call()
        gc.collect()
    return result


def tracker(path: Path, *, native: bool = False) -> Tracker:
    """Return what records while it is entered, into a new file. Raises NotAvailableError."""
    memray = import_memray()
    recorder: Tracker = memray.Tracker(
        path,
        native_traces=native,
        trace_python_allocators=True,
        file_format=memray.FileFormat.AGGREGATED_ALLOCATIONS,
    )
    return recorder


def import_memray() -> Any:
    """Import memray, from `memray_folder` too; raises NotAvailableError.

    That folder is on the path for as long as memray is imported and no longer: what else is in it
    shall not be found by the code that is measured.
    """
    if memray_folder and memray_folder not in sys.path:
        sys.path.append(memray_folder)
    try:
        import memray
        import typing_extensions  # noqa: F401 (which a Tracker imports when it is made)
    except ImportError as error:
        raise NotAvailableError(f"memray does not run here: {error}") from error
    finally:
        if memray_folder in sys.path:
            sys.path.remove(memray_folder)
    return memray


def read(path: Path, result: object = None) -> Recording:
    """Return every place that allocated, of the recording at `path`."""
    libraries = native_libraries(path, memray_folder)
    with import_memray().FileReader(path) as reader:
        records = reader.get_high_watermark_allocation_records()
        peak = [_part(record, libraries) for record in records]
        retained = [_part(record, libraries) for record in reader.get_leaked_allocation_records()]
    return Recording(peak, retained, result)


def draw_flamegraph(recording: Path, picture: Path) -> None:
    """Write memray's own flame graph of the recording's peak, as one HTML file."""
    path = {"PYTHONPATH": memray_folder} if memray_folder else {}
    command = [sys.executable, "-m", "memray", "flamegraph", "--force", "--no-web"]
    subprocess.run(
        [*command, "--output", str(picture), str(recording)],
        check=True,
        capture_output=True,
        env=os.environ | path,
    )


def read_sizes(path: Path) -> Sizes:
    """Return the bytes at the peak, and those that live on, of the recording at `path`."""

    def total(records: Iterable[AllocationRecord]) -> int:
        return sum(record.size for record in records)

    with import_memray().FileReader(path) as reader:
        peak = total(reader.get_high_watermark_allocation_records())
        retained = total(reader.get_leaked_allocation_records())
    return Sizes(peak, retained)


def _part(record: AllocationRecord, libraries: NativeLibraries) -> Part:
    names = [function for function, _, _ in record.native_stack_trace(NATIVE_FRAMES)]
    of_python = (place for place, name in enumerate(names) if name.startswith(INTERPRETER))
    called = next(of_python, WITHOUT_SYMBOLS)
    return Part(
        record.size,
        import_memray().AllocatorType(record.allocator).name,
        tuple(Frame(*frame) for frame in record.stack_trace()),
        tuple(names[:called]),
        tuple(libraries.files(record, called)),
    )
