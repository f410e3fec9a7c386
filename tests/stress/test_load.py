"""Compares in a row leave nothing behind, and a large payroll leaves the harness itself small."""

from __future__ import annotations

import gc
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from callmeter.meters.rss import resident
from harness import cli
from stress.runs import nothing_left, processes
from stress.servers import OTHERS, foreign_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stress.runs import Place
    from stress.servers import Server

IN_A_ROW = 5
SETTLED = 2
"""Compares after which memory counts: what is imported and pooled once has been."""
LOOKS = 10
MOST_GROWTH = 5_000_000
MOST_OF_PARENT = 150_000_000
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
    handlers = {which: signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGHUP)}
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

    yield call
    for which, handler in handlers.items():
        signal.signal(which, handler)


@pytest.mark.parametrize("by_dsn", [False, True])
def test_compares_in_one_process(place: Place, run: Callable[..., None], by_dsn: bool) -> None:
    with foreign_server() as server:
        dsn = ("--dsn", server.dsn) if by_dsn else ()
        counts, sizes = [], []
        for nth in range(IN_A_ROW):
            save = str(place.work / f"{nth}.jsonl")
            run(
                "compare", "interned", "--meter", "allocator", "--repeat", "1", "--save", save, *dsn
            )
            gc.collect()
            counts.append(min(held_here(server) for _ in range(LOOKS)))
            sizes.append(resident("VmRSS"))
            assert processes(place) == []
            nothing_left(place)
    assert counts == [counts[0]] * IN_A_ROW
    assert sizes[-1] - min(sizes[SETTLED:]) <= MOST_GROWTH


def held_here(server: Server) -> list[int]:
    """Return the descriptors and threads of this process, and the connections of others.

    The kernel lists a thread for a moment after it was joined.
    """
    sleep(0.05)
    here = [sum(1 for _ in Path(f"/proc/self/{of}").iterdir()) for of in ("fd", "task")]
    return [*here, server.scalar(f"SELECT count(*) FROM ({OTHERS}) AS others")]


def test_a_large_payroll(place: Place) -> None:
    """Whatever its children hold; `--entries 1000000` by hand takes an hour."""
    words = ["compare", "full_orm", "--entries", "10000", "--meter", "rss", "--repeat", "1"]
    command = [sys.executable, "-c", TELLING, *words, "--save", "run.jsonl"]
    done = subprocess.run(
        command, cwd=place.work, env=place.environment, stderr=subprocess.PIPE, text=True
    )
    assert done.returncode == 0, done.stderr
    highest = re.findall(r"^highest: (\d+)$", done.stderr, re.MULTILINE)
    assert int(highest[0]) < MOST_OF_PARENT
    nothing_left(place)
