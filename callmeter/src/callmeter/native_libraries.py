"""The shared libraries that native frames of a recording lie in.

memray names the functions of a native stack, and the source of those that carry debugging
information; of a wheel's stripped library it says "<unknown>". Where each frame's address lies
stands in the recording all the same, beside the map of the process's segments: joined here, as
`memray parse` prints them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Segment(NamedTuple):
    """A stretch of addresses, and the file that is loaded there."""

    start: int
    end: int
    file: str


class NativeLibraries:
    """The native frames of a recording: each has an address and the frame that called it."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the lines that `memray parse` prints."""
        self._frames = [(0, 0)]  # memray counts from 1
        self._maps: list[list[Segment]] = []
        file, base = "", 0
        for line in lines:
            if line.startswith("NATIVE_TRACE_INDEX"):
                _, address, parent = line.split()
                self._frames.append((_number(address, "ip="), int(parent.removeprefix("index="))))
            elif line.startswith("MEMORY_MAP_START"):
                self._maps.append([])
            elif line.startswith("SEGMENT_HEADER"):
                head, _, address = line.rstrip().rpartition(" addr=")
                file = head.partition("filename=")[2].rpartition(" num_segments=")[0]
                base = _number(address)
            elif line.startswith("SEGMENT ") and self._maps:
                _, offset, size = line.split()
                start = base + _number(offset)
                self._maps[-1].append(Segment(start, start + int(size, 16), file))
        for segments in self._maps:
            segments.sort()

    def files(self, record: Any, most: int) -> Iterator[str]:
        """Yield the file of each native frame of a record, innermost first; "" if unknown."""
        index, generation = record.native_stack_id, record.native_segment_generation
        while index and most and self._maps:
            address, index = self._frames[index]
            most -= 1
            yield self._file(address - 1, self._maps[min(generation, len(self._maps)) - 1])

    def _file(self, address: int, segments: list[Segment]) -> str:
        place = bisect_right(segments, (address, sys.maxsize * 2)) - 1
        if place < 0 or address >= segments[place].end:
            return ""
        return segments[place].file


def native_libraries(recording: Path, memray_folder: str | None = None) -> NativeLibraries:
    """Return the native libraries of the recording; none where memray cannot print them."""
    path = {"PYTHONPATH": memray_folder} if memray_folder else {}
    with subprocess.Popen(
        [sys.executable, "-m", "memray", "parse", str(recording)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | path,
    ) as parsing:
        return NativeLibraries(parsing.stdout or ())


def _number(text: str, prefix: str = "") -> int:
    digits = text.removeprefix(prefix)
    return 0 if digits == "(nil)" else int(digits, 16)
