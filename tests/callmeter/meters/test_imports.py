"""What imports cost: of making the call and of its first call, and nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from callmeter.worker import Answer, Job
from callmeter.worker_pool import Environment, ask_once

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")

MEGABYTE = 1_000_000
LARGE = "import asyncio, email.mime.multipart, http.client, xml.dom.minidom, unittest.mock, sqlite3"
"""Modules of the standard library: several megabytes."""
NOTHING = "def read(): return []"
AT_ONCE = f"{LARGE}\n{NOTHING}"


def answer(folder: Path, code: str, setup: str = "", preload: tuple[str, ...] = ()) -> Answer:
    """Return the meter's answer for the function `read` of a module with that code."""
    path = folder / "planted_imports.py"
    path.write_text(code)
    arguments = {"where": str(path), "call": "read", "setup": setup}
    job = Job("callmeter.loader:make_call", arguments, "imports")
    return ask_once(job, 60, Environment(preload=preload))


@pytest.mark.parametrize(
    ("code", "setup"),
    [
        (AT_ONCE, ""),
        (f"def read():\n    {LARGE}\n    return []", ""),
        (NOTHING, LARGE),
    ],
    ids=["at once", "in the call", "in the set-up"],
)
def test_what_is_imported_counts_wherever_it_is(tmp_path: Path, code: str, setup: str) -> None:
    assert answer(tmp_path, code, setup).values["imports"] > 4 * MEGABYTE


def test_what_is_held_or_preloaded_does_not_count(tmp_path: Path) -> None:
    holding = "HELD = []\ndef read():\n    HELD.append(bytearray(50_000_000))\n    return HELD\n"
    preload = tuple(LARGE.removeprefix("import ").split(", "))
    for found in (
        answer(tmp_path, NOTHING),
        answer(tmp_path, holding),
        answer(tmp_path, AT_ONCE, preload=preload),
    ):
        assert found.values["imports"] < MEGABYTE / 2


def test_the_error_of_a_call_that_fails_is_the_answer(tmp_path: Path) -> None:
    error = answer(tmp_path, "def read(): return 1 / 0\n").error
    assert error == "ZeroDivisionError: division by zero (planted_imports.py:1)"
