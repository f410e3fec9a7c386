"""The saved form of a run: typed, versioned, and whole after every line.

A file of JSON lines: first the Header, then one Measurement a line, each written the moment it
arrives. A run that was killed is a shorter file, and a line cut short is left out when read.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.errors import ResultsError
from harness.explain import Explanation
from harness.plan import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT = 1
LOCAL_RUNS = Path("results/local")
REFERENCE_RUN = Path(__file__).parents[1] / "results" / "reference.jsonl"
"""The published run that is read where none is named."""


class Header(msgspec.Struct, frozen=True):
    """What a run is: its format's version, how much it planned, and what it ran on.

    `labels` and `offers` are by strategy: its label, and the traits it offers where it says so.
    """

    format: int
    cells: int
    command: str
    environment: dict[str, str]
    labels: dict[str, str]
    offers: dict[str, list[str]] = {}


class Measurement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one cell gave: {figure: value} in the unit that the figure's name ends in.

    `error` says what went wrong instead; `unavailable`, why this platform cannot measure it;
    `seconds`, how long its process took from start to end.
    """

    cell: Cell
    figures: dict[str, float]
    error: str | None = None
    seconds: float = 0.0
    unavailable: str | None = None
    explanation: Explanation | None = None


class Run(msgspec.Struct, frozen=True):
    """A header and its measurements, as saved."""

    header: Header
    measurements: list[Measurement]


def new_path() -> Path:
    """Give a path for a run that nobody named: by time and process, in `results/local`.

    Raises ResultsError where that folder cannot be made.
    """
    try:
        LOCAL_RUNS.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(f"cannot make {LOCAL_RUNS}: {error.strerror}; use --save") from error
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return LOCAL_RUNS / f"{stamp}-{os.getpid()}.jsonl"


@contextmanager
def saved_to(path: Path, header: Header) -> Iterator[Callable[[Measurement], None]]:
    """Make the run's file; give the function that appends a measurement to it, durably.

    Raises ResultsError where it cannot be made, or is there already.
    """
    try:
        file = path.open("xb")
    except OSError as error:
        raise ResultsError(f"cannot save the run: {error}") from error

    def save(line: Header | Measurement) -> None:
        try:
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise ResultsError(f"cannot save to {path}: {error}") from error

    with file:
        save(header)
        yield save


def read(path: Path) -> Run:
    """Read a saved run; raises ResultsError, in one line, for whatever is not one."""
    try:
        first, *rest = path.read_bytes().split(b"\n")
        header = msgspec.json.decode(first, type=Header)
        if header.format != FORMAT:
            raise ResultsError(
                f"{path} is a run of format {header.format}; this version reads {FORMAT}"
            )
        lines = rest[:-1]  # behind the last end of line is nothing, or a line cut short
        decode = msgspec.json.Decoder(Measurement).decode
        return Run(header, [decode(line) for line in lines])
    except OSError as error:
        raise ResultsError(f"cannot read the run: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path} is not a saved run: {error}") from error
