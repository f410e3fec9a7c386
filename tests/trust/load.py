"""Many compares in a row leave nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import text

from callmeter import temporary
from callmeter.meters.rss import resident
from harness.cli import compare
from harness.postgres.connection import connected
from harness.postgres.session import open_database
from harness.report.words import megabytes
from harness.runner.plan import Consume
from support import ROOT, as_dsn
from tools.publish.trials import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

IN_A_ROW = 50
FOLD = Consume.FOLD.value
STRATEGIES = ["interned", "slotted"]
"""Folded, so that nothing is measured beside them but the trap: with every meter."""
ENTRIES = 100
SETTLED = 2
"""Compares after which memory counts: what is imported and pooled once has been."""
MOST_GROWTH = 5_000_000
"""Bytes that a process may have grown by in any number of compares after that."""


class Left(NamedTuple):
    """What there is after a compare, outside of what it was to leave."""

    descriptors: int
    threads: int
    processes: int
    temporary_files: int
    schemas: int
    connections: int


def tried(times: int | None) -> Iterator[Trial]:
    """Compare again and again, on the embedded server and on a --dsn."""
    with a_foreign_database() as url:
        for dsn in (None, url):
            for how in (in_this_process, in_a_process_each):
                yield in_a_row(how, times or IN_A_ROW, dsn)


def in_a_row(how: Callable[[Path, str | None], None], times: int, url: URL | None) -> Trial:
    """Compare so often; it held as often as after the first there is what there was after it."""
    counted: list[Left] = []
    resident_bytes: list[int] = []
    with own_folders() as folder:
        for _ in range(times):
            run = folder / "run.jsonl"
            how(run, as_dsn(url) if url else None)
            run.unlink()
            gc.collect()
            counted.append(left(folder, url))
            resident_bytes.append(resident("VmRSS"))
    held = sum(each == counted[0] for each in counted)
    seen = [_counts(counted)]
    if how is in_this_process:
        seen.append(f"the process holds {_from_to(resident_bytes)}")
    where = f"{'on a --dsn' if url else 'on the embedded server'}, {str(how.__doc__).rstrip('.')}"
    is_flat = _growth(resident_bytes) <= MOST_GROWTH
    return Trial("compares in a row", where, times, held if is_flat else 0, "; ".join(seen))


def in_this_process(run: Path, dsn: str | None) -> None:
    """all in one process."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        code = compare.run(STRATEGIES, ENTRIES, consume=FOLD, repeat=1, dsn=dsn, save=run)
    assert code == 0


def in_a_process_each(run: Path, dsn: str | None) -> None:
    """a process each."""
    options = ["--entries", str(ENTRIES), "--consume", FOLD, "--repeat", "1", "--save", str(run)]
    options += ["--dsn", dsn] if dsn else []
    command = [sys.executable, "-m", "harness", "compare", *STRATEGIES, *options]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


@contextmanager
def own_folders() -> Iterator[Path]:
    """Make a folder that holds all temporary files of what runs meanwhile."""
    with temporary.folder() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        folder.chmod(0o711)  # root's server is run by another user
        (folder / "temporary").mkdir()
        (folder / "temporary").chmod(0o711)
        patch.setenv("TMPDIR", str(folder / "temporary"))
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        yield folder


@contextmanager
def a_foreign_database() -> Iterator[URL]:
    """Start a server that stands for a user's own."""
    with open_database() as database:
        yield database.url


def left(folder: Path, url: URL | None) -> Left:
    """Count what there is."""
    schemas, connections = _in_database(url) if url else (0, 0)
    return Left(
        descriptors=_count(Path("/proc/self/fd")),
        threads=_count(Path("/proc/self/task")),
        processes=sum(_is_of(process, folder) for process in Path("/proc").glob("[0-9]*")),
        temporary_files=_count(folder / "temporary"),
        schemas=schemas,
        connections=connections,
    )


def _is_of(process: Path, folder: Path) -> bool:
    """Tell whether the process was started by a compare: all of ours know of the folder."""
    if process.name == str(os.getpid()):
        return False
    try:
        told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    except OSError:  # it has ended
        return False
    return bytes(folder) in told


def _in_database(url: URL) -> tuple[int, int]:
    with connected(url) as connection:
        ours = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^mapping_strategies'"
        others = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        schemas, connections = (connection.scalar(text(each)) for each in (ours, others))
        return schemas, connections


def _growth(sizes: list[int]) -> int:
    return sizes[-1] - min(sizes[SETTLED:], default=sizes[-1])


def _counts(counted: list[Left]) -> str:
    ranges = {name: {each[at] for each in counted} for at, name in enumerate(Left._fields)}
    return ", ".join(
        f"{name.replace('_', ' ')} {' to '.join(map(str, sorted({min(of), max(of)})))}"
        for name, of in ranges.items()
    )


def _from_to(sizes: list[int]) -> str:
    settled = min(SETTLED, len(sizes) - 1)
    first, last = megabytes(sizes[settled]), megabytes(sizes[-1])
    return f"{first} MB after {settled + 1}, {last} MB after {len(sizes)}"


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
