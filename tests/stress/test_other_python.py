"""Functions are measured by another Python than the harness's, with its packages."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from harness.model.saved import read
from support import harness, is_refused

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--meter", "tracemalloc", "--meter", "allocator", "--repeat", "1")
STACK = """
import sys
from importlib.metadata import distributions
def read(): return [bytes(n) for n in range(1_000)]
def known(): return [sys.prefix, *(each.name for each in distributions())]
def ours():
    import msgspec
    return [msgspec]
"""


def test_another_python_measures_and_is_recorded(tmp_path: Path) -> None:
    """One without any package: of ours it has what is imported there, and no memray."""
    environment = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (tmp_path / "stack.py").write_text(STACK)
    python = ("--python", str(environment / "bin" / "python"))
    names = ("stack:read", "stack:known", "stack:ours")
    done = harness("measure", *names, *python, *QUICK, "--save", "run.jsonl", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "does not have memray, so nothing is recorded; add --install-memray" in done.stderr
    run = read(tmp_path / "run.jsonl")
    items = {each.cell.name: each.items for each in run.measurements if each.items is not None}
    assert items == {"stack:read": 1_000, "stack:known": 1}  # the prefix, and no distribution
    assert {each.cell.meter for each in run.measurements if each.unavailable} == {"allocator"}
    (error,) = {each.error for each in run.measurements if each.error}
    assert "No module named 'msgspec'" in error
    assert "sqlalchemy" not in run.header.environment
    assert str(environment) not in (tmp_path / "run.jsonl").read_text()
    refused = harness("explain", "stack:read", *python, folder=tmp_path)
    is_refused(refused, "does not have memray; add --install-memray")
