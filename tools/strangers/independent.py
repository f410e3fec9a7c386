"""What a function needs by instruments that are no part of this project, in plain processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from callmeter.errors import Error, NotAvailableError

FOLDER = Path(__file__).parent
REPEATS = 2
"""Processes of each kind, as many as of the meters; a figure is their median."""


@contextmanager
def counter() -> Iterator[Path]:
    """Yield the library that counts allocations, compiled; NotAvailableError without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NotAvailableError("the counting allocator needs a C compiler, gcc")
    with TemporaryDirectory() as folder:
        library = Path(folder) / "counter.so"
        words = ["-O2", "-shared", "-fPIC", "-o", str(library), str(FOLDER / "counter.c")]
        command = [compiler, *words, "-lpthread"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotAvailableError(f"{compiler}: {done.stderr.strip().splitlines()[0]}")
        yield library


def measured(
    library: Path,
    python: Path | str,
    file: Path,
    function: str,
    provided: Mapping[str, str],
    repeats: int = REPEATS,
) -> dict[str, float]:
    """Return the bytes of a call by the counting allocator and by VmHWM, above those before.

    The keys are those of the meters `allocator` and `rss`, and `mapped`: the part of the peak that
    mmap handed out. Raises Error, with the last line that the process printed, where it failed.
    """
    counted = {"LD_PRELOAD": str(library), "PYTHONMALLOC": "malloc"}

    def run(what: str, variables: Mapping[str, str]) -> dict[str, float]:
        return _median([_run(python, file, function, what, variables) for _ in range(repeats)])

    return {**run("allocated", {**provided, **counted}), **run("resident", provided)}


def _run(
    python: Path | str, file: Path, function: str, what: str, variables: Mapping[str, str]
) -> dict[str, int]:
    done = subprocess.run(
        [python, FOLDER / "plain.py", file, function, what],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Error(f"{function}, {what}: {lines[-1]}")
    figures: dict[str, int] = json.loads(done.stdout)
    return figures


def _median(repeats: Sequence[dict[str, int]]) -> dict[str, float]:
    return {key: median(one[key] for one in repeats) for key in repeats[0]}
