"""The recording of a call's allocations, as memray writes it, and how it is read.

Python's allocators are traced at their front door, so an object counts with the bytes it asked
for, and the arenas that they are served from are not counted again; libpq's and Arrow's own
`malloc` counts where no Python allocator stands in between. The aggregated format takes some
100 kB however long the call, and holds exactly two moments, the peak and the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.errors import NotAvailableError

if TYPE_CHECKING:
    from memray import AllocationRecord

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
    """What lives at the peak of a call, and what lives on after it."""

    peak: list[Part]
    retained: list[Part]


class Sizes(NamedTuple):
    """The bytes at the peak of a call, and those that live on after it."""

    peak: int
    retained: int


class Segment(NamedTuple):
    """A stretch of addresses, and the file that is loaded there."""

    start: int
    end: int
    file: str


def import_memray() -> Any:
    """Import memray, from `memray_folder` too; raises NotAvailableError.

    That folder is on the path for as long as memray is imported and no longer: what else is in it
    must not be found by the code that is measured.
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


def read_sizes(path: Path) -> Sizes:
    """Return the bytes at the peak, and those that live on, of the recording at `path`."""

    def total(records: Iterable[AllocationRecord]) -> int:
        return sum(record.size for record in records)

    with import_memray().FileReader(path) as reader:
        peak = total(reader.get_high_watermark_allocation_records())
        return Sizes(peak, total(reader.get_leaked_allocation_records()))


def read(path: Path) -> Recording:
    """Return every place that allocated, of the recording at `path`."""
    memray, libraries = import_memray(), NativeLibraries(path)

    def part(record: AllocationRecord) -> Part:
        names = [function for function, _, _ in record.native_stack_trace(NATIVE_FRAMES)]
        of_python = (place for place, name in enumerate(names) if name.startswith(INTERPRETER))
        called = next(of_python, WITHOUT_SYMBOLS)
        return Part(
            record.size,
            memray.AllocatorType(record.allocator).name,
            tuple(Frame(*frame) for frame in record.stack_trace()),
            tuple(names[:called]),
            tuple(libraries.files(record, called)),
        )

    with memray.FileReader(path) as reader:
        return Recording(
            [part(record) for record in reader.get_high_watermark_allocation_records()],
            [part(record) for record in reader.get_leaked_allocation_records()],
        )


def draw_flamegraph(recording: Path, picture: Path) -> None:
    """Write memray's own flame graph of the recording's peak, as one HTML file."""
    command = _command("flamegraph", "--force", "--no-web", "--output", str(picture))
    subprocess.run([*command, str(recording)], check=True, capture_output=True, env=_environment())


class NativeLibraries:
    """The shared libraries that the native frames of a recording lie in.

    memray names the functions of a native stack, and the source of those that carry debugging
    information; of a wheel's stripped library it prints "<unknown>". But `memray parse` prints the
    address of each frame and the frame that called it, and the map of the process's segments.
    """

    def __init__(self, recording: Path) -> None:
        """Read the recording; no library is known where memray cannot print it."""
        self._frames = [(0, 0)]  # memray counts from 1
        self._maps: list[list[Segment]] = []
        with subprocess.Popen(
            [*_command("parse"), str(recording)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",  # of paths that are none
            env=_environment(),
        ) as parsing:
            self._read(parsing.stdout or ())

    def _read(self, lines: Iterable[str]) -> None:
        file, base = "", 0
        for line in lines:
            if line.startswith("NATIVE_TRACE_INDEX"):
                _, address, caller = line.split()
                self._frames.append((_address(address), int(caller.removeprefix("index="))))
            elif line.startswith("MEMORY_MAP_START"):
                self._maps.append([])
            elif line.startswith("SEGMENT_HEADER"):
                head, _, address = line.rstrip().rpartition(" addr=")
                file = head.partition("filename=")[2].rpartition(" num_segments=")[0]
                base = _address(address)
            elif line.startswith("SEGMENT ") and self._maps:
                _, offset, size = line.split()
                start = base + _address(offset)
                self._maps[-1].append(Segment(start, start + int(size, 16), file))
        for segments in self._maps:
            segments.sort()

    def files(self, record: Any, most: int) -> Iterator[str]:
        """Yield the file of each native frame of a record, innermost first; "" if unknown."""
        index, generation = record.native_stack_id, record.native_segment_generation
        while index and most and self._maps:
            address, index = self._frames[index]
            most -= 1
            segments = self._maps[min(generation, len(self._maps)) - 1]
            place = bisect_right(segments, (address - 1, sys.maxsize * 2)) - 1
            is_known = place >= 0 and address - 1 < segments[place].end
            yield segments[place].file if is_known else ""


def _address(text: str) -> int:
    digits = text.removeprefix("ip=")
    return 0 if digits == "(nil)" else int(digits, 16)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "memray", *arguments]


def _environment() -> dict[str, str]:
    return os.environ | ({"PYTHONPATH": memray_folder} if memray_folder else {})
