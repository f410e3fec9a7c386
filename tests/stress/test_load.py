"""Compares in a row leave nothing behind, and no payroll or format makes the command large."""

from __future__ import annotations

import gc
import pwd
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from callmeter.meters.rss import resident
from handlers import handlers_restored
from harness import cli
from stress.runs import IS_THOROUGH, no_process_left, nothing_left, processes
from stress.servers import OTHERS, foreign_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stress.runs import Place
    from stress.servers import Server

IN_A_ROW = 100 if IS_THOROUGH else 4
SETTLED = 2
"""Compares after which memory counts: what is imported and pooled once has been."""
LOOKS = 10
MOST_GROWTH = 5_000_000
MOST_OF_PARENT = 100_000_000
ENTRIES = 1_000_000 if IS_THOROUGH else 5_000
STREAMED = ("merged_orm", "--consume", "fold", "--entries", str(ENTRIES), "--timeout", "3600")
SMALL = ("--entries", "100", "--meter", "allocator", "--repeat", "1")
HELD = ("slotted", "--entries", "1000")
OF_PARENT = {
    "a stream, on the screen": ("compare", *STREAMED, "--meter", "rss", "--repeat", "1"),
    "a list, as a page": ("compare", *HELD, "--meter", "rss", "--format", "html"),
    "the published run, as a page": ("report", "--format", "html"),
    "the published run, as a picture": ("report", "--format", "svg"),
}
"""Command lines, by what they do."""
TELLING = """
import runpy, sys
from callmeter.meters.rss import resident
try:
    runpy.run_module("harness", run_name="__main__", alter_sys=True)
finally:
    print(f"\\nhighest: {resident('VmHWM')}", file=sys.stderr)
"""
"""As `-m harness`, which at its end reports the most that the process itself held, in bytes."""


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A function that runs the command line in this process."""
    monkeypatch.setenv("TMPDIR", str(place.tmp))

    def call(*words: str) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(place.tmp))
        monkeypatch.setattr(sys, "argv", ["harness", *words])
        with (
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()) as errors,
            pytest.raises(SystemExit) as ended,
        ):
            cli.main()
        assert ended.value.code == 0, errors.getvalue()

    with handlers_restored():
        yield call


@pytest.mark.once
@pytest.mark.parametrize("by_dsn", [False, True])
def test_compares_in_one_process(
    place: Place,
    run: Callable[..., None],
    record_property: Callable[[str, object], None],
    by_dsn: bool,
) -> None:
    with foreign_server() as server:
        dsn = ("--dsn", server.dsn) if by_dsn else ()
        place = replace(place, dsn=server.dsn)
        before, counts, sizes = left(server), [], []
        for nth in range(IN_A_ROW):
            save = ("--save", str(place.work / f"{nth}.jsonl"))
            run("compare", "interned", *SMALL, *save, *dsn)
            gc.collect()
            counts.append(min(held_here(server) for _ in range(LOOKS)))
            sizes.append(resident("VmRSS"))
            assert processes(place) == []
            nothing_left(place)
        assert left(server) == before
    record_property("tried", IN_A_ROW)
    record_property(f"kB grown{' by --dsn' * by_dsn}", (sizes[-1] - min(sizes[SETTLED:])) / 1000)
    assert counts == [counts[0]] * IN_A_ROW
    assert sizes[-1] - min(sizes[SETTLED:]) <= MOST_GROWTH


def held_here(server: Server) -> list[int]:
    """Return the descriptors and threads of this process, and the connections of others.

    The kernel lists a thread for a moment after it was joined.
    """
    sleep(0.05)
    here = [sum(1 for _ in Path(f"/proc/self/{of}").iterdir()) for of in ("fd", "task")]
    return [*here, server.scalar(f"SELECT count(*) FROM ({OTHERS}) AS others")]


def left(server: Server) -> list[object]:
    """Return the users of the machine, and the server's schemas and locks."""
    there = "SELECT string_agg(nspname, ' ' ORDER BY oid) FROM pg_namespace"
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    users = [user.pw_name for user in pwd.getpwall()]
    return [users, server.scalar(there), server.scalar(locks)]


@pytest.mark.once
@pytest.mark.parametrize("what", OF_PARENT)
def test_the_command_itself_stays_small(
    place: Place, record_property: Callable[[str, object], None], what: str
) -> None:
    """Whatever its children hold, Vega's engine among them."""
    command = [sys.executable, "-c", TELLING, *OF_PARENT[what]]
    save = ("--save", "run.jsonl") if "compare" in command else ()
    done = subprocess.run(
        [*command, *save], cwd=place.work, env=place.environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (highest,) = re.findall(r"^highest: (\d+)$", done.stderr, re.MULTILINE)
    record_property(f"MB of the command: {what}", int(highest) / 1e6)
    assert int(highest) < MOST_OF_PARENT
    no_process_left(place)
    nothing_left(place)
