"""What imports cost: of making the call and of its first call, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from callmeter.worker import Job
from callmeter.worker_pool import Environment, ask_once

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")

MEGABYTE = 1_000_000
LARGE = "import asyncio, email.mime.multipart, http.client, xml.dom.minidom, unittest.mock, sqlite3"
"""Modules of the standard library: several megabytes."""


def imports(folder: Path, code: str, setup: str = "") -> float:
    """What the meter reads of the function `read` of a module with that code."""
    path = folder / "planted_imports.py"
    path.write_text(code)
    arguments = {"where": str(path), "call": "read", "setup": setup}
    answer = ask_once(Job("callmeter.loader:make_call", arguments, "imports"), 60)
    assert answer.error is None
    assert answer.unavailable is None
    return answer.values["imports"]


def test_what_the_call_imports_counts_wherever_it_does(tmp_path: Path) -> None:
    at_once = imports(tmp_path, f"{LARGE}\ndef read(): return []\n")
    in_the_call = imports(tmp_path, f"def read():\n    {LARGE}\n    return []\n")
    in_the_setup = imports(tmp_path, "def read(): return []\n", LARGE)
    nothing = imports(tmp_path, "def read(): return []\n")
    assert nothing < MEGABYTE
    for each in (at_once, in_the_call, in_the_setup):
        assert each > nothing + 3 * MEGABYTE
    assert in_the_call == pytest.approx(at_once, rel=0.25)


def test_what_the_call_holds_does_not_count(tmp_path: Path) -> None:
    code = "HELD = []\ndef read():\n    HELD.append(bytearray(50_000_000))\n    return HELD\n"
    assert imports(tmp_path, code) < MEGABYTE


def test_what_is_preloaded_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "planted_imports.py"
    path.write_text(f"{LARGE}\ndef read(): return []\n")
    job = Job("callmeter.loader:make_call", {"where": str(path), "call": "read"}, "imports")
    names = tuple(LARGE.removeprefix("import ").split(", "))
    answer = ask_once(job, 60, Environment(preload=names))
    assert answer.values["imports"] < MEGABYTE


def test_a_call_that_fails_says_why(tmp_path: Path) -> None:
    path = tmp_path / "planted_imports.py"
    path.write_text("def read(): return 1 / 0\n")
    job = Job("callmeter.loader:make_call", {"where": str(path), "call": "read"}, "imports")
    answer = ask_once(job, 60)
    assert answer.error == "ZeroDivisionError: division by zero (planted_imports.py:1)"
