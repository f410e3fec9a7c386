"""The saved form of a run: versioned, and whole after every line.

A file of JSON lines: first the Header, then one Measurement a line, each written the moment it
arrives. A run that was killed is a shorter file, and a line cut short is left out when read.

What is read is checked here, and nowhere after: a file is a run whose every value can be shown, or
it is refused in one line.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any

import msgspec

from harness.base import output
from harness.base.distribution import cache_folder
from harness.base.errors import ResultsError
from harness.base.escape import printable
from harness.model.fields import LARGEST, LONGEST_LINE, MOST_METRICS, MOST_ROWS, MOST_VALUE
from harness.model.metrics import AFTER
from harness.model.run import FORMAT, Header, Measurement, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from callmeter.explanation import Explanation
    from harness.model.cell import Cell

CHECKOUT = Path(__file__).parents[2] / "results"
PUBLISHED = (
    CHECKOUT if (CHECKOUT / "reference.jsonl").exists() else Path(__file__).parents[1] / "published"
)
"""The folder of the published runs: the checkout's, or else the package's."""
REFERENCE_RUN = PUBLISHED / "reference.jsonl"
"""The published run that is read where none is named."""
CHOSEN_FROM = tuple(
    PUBLISHED / f"{name}.jsonl"
    for name in ("service", "reference", "repetition", "repetition-100000", "distinct", "calls")
)
"""The published runs that a choice is made from: of resident memory, the first knows most."""


def new_path() -> Path:
    """Return a path for a run that nobody named: by time and process, in the user's cache folder.

    Raises ResultsError where that folder cannot be made.
    """
    try:
        folder = cache_folder("runs")
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: no home
        raise ResultsError(f"cannot make a folder for the run: {error}; use --save") from error
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    name = f"{stamp}-{os.getpid()}"
    first = folder / f"{name}.jsonl"
    others = (folder / f"{name}-{nth}.jsonl" for nth in count(2))  # in the same second
    return next(path for path in chain([first], others) if not path.exists())


@contextmanager
def saved_to(
    path: Path, header: Header, *, replace: bool = False
) -> Iterator[Callable[[Measurement], None]]:
    """Make the run's file; give the function that appends a measurement to it, durably.

    Raises ResultsError where it cannot be made, or is there already and not to be replaced.
    """
    try:
        file = path.open("wb" if replace else "xb")
    except OSError as error:
        raise ResultsError(f"cannot save the run: {error}") from error

    def save(line: Header | Measurement) -> None:
        try:
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        except (OSError, UnicodeEncodeError) as error:  # a strategy's path may be no UTF-8
            raise ResultsError(f"cannot save to {path}: {error}") from error

    with file:
        save(header)
        yield save


def write(path: Path, run: Run) -> None:
    """Write a run of which every part is saved already, whole or not at all.

    Raises ResultsError.
    """
    lines = (msgspec.json.encode(line) + b"\n" for line in (run.header, *run.measurements))
    try:
        output.replace(path, b"".join(lines))
    except OSError as error:
        raise ResultsError(f"cannot save the run: {error}") from error


def read(path: Path) -> Run:
    """Read a saved run; raises ResultsError, in one line, for whatever is not one.

    Names, labels and errors are as they can be shown: no control characters, no escapes.
    """
    lines = _lines(path)
    header = _header(next(lines, b"").removesuffix(b"\n"), path)
    measurements: dict[Cell, Measurement] = {}
    for number, line in enumerate(lines, start=2):
        if not line.endswith(b"\n"):
            break  # cut short
        try:
            measurement = msgspec.convert(_decoded(line), Measurement)
            _check(measurement, measurements)
        except ValueError as error:  # msgspec's own are
            raise ResultsError(f"{path} is damaged in line {number}: {error}") from error
        measurements[measurement.cell] = measurement
    run = Run(header, list(measurements.values()))
    _check_size(run, path)
    return run


def _lines(path: Path) -> Iterator[bytes]:
    """Return the lines of the file: a regular one, as anything else could never end."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            what = "a folder" if S_ISDIR(status.st_mode) else "no regular file"
            raise ResultsError(f"cannot read the run: {path} is {what}")
        if status.st_size > LARGEST:
            size = f"{status.st_size / 1e6:,.0f} MB"
            raise ResultsError(f"{path} is not a saved run: it has {size}, a run has far less")
        with path.open("rb") as file:
            for number in count(1):
                line = file.readline(LONGEST_LINE + 1)
                if len(line) > LONGEST_LINE:
                    raise ResultsError(f"{path} is not a saved run: line {number} is far too long")
                if not line:
                    return
                yield line
    except OSError as error:
        reason = error.strerror or error
        raise ResultsError(f"cannot read the run: {path}: {reason}") from error


def _header(line: bytes, path: Path) -> Header:
    try:
        found = _decoded(line)
        if not isinstance(found, dict) or not isinstance(found.get("format"), int):
            raise ValueError("it does not say which format it is")
        if found["format"] != FORMAT:
            age = "a newer" if found["format"] > FORMAT else "an older"
            raise ResultsError(
                f"{path} is a run of format {found['format']}, from {age} version of the harness; "
                f"this one reads format {FORMAT}"
            )
        return msgspec.convert(found, Header)
    except ValueError as error:
        reason = f"its first line: {error}" if line else "it is empty"
        raise ResultsError(f"{path} is not a saved run: {reason}") from error


def _decoded(line: bytes) -> Any:
    """Decode a line of JSON, its texts as they can be shown; raises ValueError."""
    try:
        return _shown(msgspec.json.decode(line))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {_shown(key): _shown(item) for key, item in value.items()}
    return value


def _check(measurement: Measurement, others: Iterable[Cell]) -> None:
    """Raise ValueError for what each line by itself may say, and this one may not."""
    if measurement.cell in others:
        raise ValueError("it measures the same cell as a line before it")
    if (explanation := measurement.explanation) and not _is_in_bounds(explanation):
        raise ValueError("its explanation has a number that is none of bytes or objects")
    for key, value in measurement.values.items():
        if value < 0 and key not in AFTER:
            raise ValueError(f"{key} is negative")


def _is_in_bounds(explanation: Explanation) -> bool:
    moments = (
        explanation.peak,
        explanation.retained,
        explanation.peak_places,
        explanation.retained_places,
    )
    sizes = [size for moment in moments for size in moment.values()]
    for kind in explanation.census:
        if kind.objects < 1 or kind.bytes < 0:
            return False
        sizes += [kind.objects, kind.bytes, kind.distinct or 1, kind.saving or 1]
    return all(1 <= size <= MOST_VALUE for size in sizes)


def _check_size(run: Run, path: Path) -> None:
    """Raise ResultsError for a run that no report can show, in time and memory that anyone has."""
    for what, most, found in (
        (
            "strategies on payrolls",
            MOST_ROWS,
            {(m.cell.name, m.cell.workload) for m in run.measurements},
        ),
        ("metrics", MOST_METRICS, {key for m in run.measurements for key in m.values}),
    ):
        if len(found) > most:
            raise ResultsError(f"{path} has {len(found):,} {what}; at most {most:,} can be shown")
