"""What tests call: no fixtures, those are in conftest.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.worker import CHECK
from harness.model.cell import FLOOR, REFERENCE, Cell, Workload
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.payroll.generator import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

    Command = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]
PLANTED = ROOT / "tests" / "planted"
ENVIRONMENT = {
    "server": "PostgreSQL 18.4 (embedded)",
    "sqlalchemy": "2.1.9",
    "psycopg": "3.3.9",
    "python": "CPython 3.11.7",
    "system": "Linux x86_64",
    "commit": "abc",
}
MACHINE = {"processor": "one", "cores": "2", "memory": "24 GiB", "libc": "glibc 2.36"}


def harness(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, as if called in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=120,
    )


def is_refused(done: subprocess.CompletedProcess[str], complaint: str) -> None:
    """It ended as on bad input: with one clear line, and nothing where results go."""
    assert done.returncode == 2, done.stdout
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""


def built(source: Path, folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution, built from there into the folder."""
    build = (sys.executable, "-m", "hatchling", "build", "--directory", str(folder))
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    (wheel,), (archive,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, archive


def as_dsn(url: URL) -> str:
    """The URL as a user writes a --dsn."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def a_workload(entries: int = 1000, profile: Profile = Profile.REALISTIC) -> Workload:
    return Workload(entries, "entry", 6, profile)


def a_cell(name: str, meter: str = "tracemalloc", repeat: int = 0, entries: int = 1000) -> Cell:
    return Cell(name, meter, a_workload(entries), repeat)


def failed(name: str, error: str, meter: str = CHECK, entries: int = 1000) -> Measurement:
    return Measurement(a_cell(name, meter, entries=entries), {}, error)


def memory(
    name: str, *peaks: float, entries: int = 1000, retained: float = 1e6
) -> list[Measurement]:
    """A repeat for each peak, of tracemalloc."""
    return [
        Measurement(
            a_cell(name, repeat=nth, entries=entries),
            {"traced_retained": retained, "traced_peak": peak},
        )
        for nth, peak in enumerate(peaks)
    ]


def times(name: str, *walls: float, entries: int = 1000) -> list[Measurement]:
    """A repeat for each wall time, of the clock; a third of it in the collector."""
    return [
        Measurement(
            a_cell(name, "clock", nth, entries),
            {"wall": wall, "cpu": wall, "gc": wall / 3},
        )
        for nth, wall in enumerate(walls)
    ]


def a_run(*measurements: Measurement, cells: int | None = None, **environment: str) -> Run:
    """A run of those, on ENVIRONMENT but for what is said."""
    count = len(measurements) if cells is None else cells
    known = ENVIRONMENT | environment
    names = {measurement.cell.name for measurement in measurements}
    header = Header(
        FORMAT,
        count,
        "python -m harness compare",
        known,
        {},
        yardsticks=[FLOOR] if FLOOR in names else [],
    )
    return Run(header, list(measurements))


def with_baselines(*measurements: Measurement, **environment: str) -> Run:
    """A run of those, beside a floor and a reference that never change."""
    return a_run(*_baselines(), *measurements, **environment)


def saved(run: Run, path: Path) -> Path:
    """The path, where the run is saved now; not as durably as the harness does, which is slow."""
    lines = (msgspec.json.encode(line) + b"\n" for line in (run.header, *run.measurements))
    path.write_bytes(b"".join(lines))
    return path


def _baselines() -> Iterator[Measurement]:
    yield from memory(FLOOR, 2e6, 2e6)
    yield from memory(REFERENCE, 16e6, 16e6)
    yield from times(REFERENCE, *[0.10] * 5)


def script_of(page: str, name: str) -> str:
    """What a page has in the script element of that id."""
    found = re.search(rf'id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def figures_of(page: str) -> dict[str, Any]:
    """What a page's script draws and judges from."""
    data: dict[str, Any] = json.loads(script_of(page, "figures"))
    return data
