"""A system without /proc, as macOS is: what cannot be measured there is named, all else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.model.saved import read
from stress.users import only_root
from support import ROOT, as_dsn

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

HIDING = 'mount -t tmpfs none /proc && exec "$@"'
"""A shell's command, in a namespace of its own: an empty folder in the place of /proc."""
METERS = ("tracemalloc", "rss", "clock")
"""All but the allocator: memray has no need of /proc on macOS, but has on Linux."""
QUICK = ("--entries", "200", "--repeat", "1", "--save", "run.jsonl")


def without_proc(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare: of util-linux")
    return subprocess.run(
        [unshare, "--mount", "sh", "-c", HIDING, "sh", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@only_root
def test_what_needs_it_is_named_and_all_else_is_measured(tmp_path: Path, foreign: URL) -> None:
    """The server is another one: Linux finds the libraries of the wheel's by /proc."""
    if without_proc(tmp_path, "true").returncode:
        pytest.skip("no namespace can be made here")
    meters = [word for name in METERS for word in ("--meter", name)]
    words = ("compare", "slotted", *QUICK, *meters, "--dsn", as_dsn(foreign))
    done = without_proc(tmp_path, sys.executable, "-m", "harness", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    printed = " ".join(done.stdout.split())
    assert "Not available here: rss: no /proc/self/status" in printed
    run = read(tmp_path / "run.jsonl")
    measured = {each.cell.meter for each in run.measurements if each.values}
    assert measured == {"tracemalloc", "clock"}
    assert {each.others for each in run.measurements} == {None}
    assert not [each.error for each in run.measurements if each.error]
