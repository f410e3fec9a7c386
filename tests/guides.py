"""The pages of docs/, followed as they are written: their files made, their commands run.

In a page, a block of `python file=NAME` is a file to make, one of `console` commands behind `$`,
each followed by lines that must be found in what it prints. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted((ROOT / "docs").glob("*.md"))
MEASURING = (
    "add-a-strategy",
    "hold-the-line",
    "measure-your-function",
    "size-your-container",
    "try-an-upgrade",
    "what-it-does-to-a-database",
)
"""Pages whose commands take many seconds."""
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.S | re.M)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Return each command of a console block, and the lines expected of it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def has_commands(page: Path) -> bool:
    return any(block["kind"] == "console" for block in blocks(page))


def blocks(page: Path) -> Iterator[re.Match[str]]:
    return BLOCK.finditer(page.read_text(encoding="utf-8"))


def follow(page: Path, folder: Path, **variables: str) -> None:
    """Do what the page shows, in an empty folder, nobody's checkout; `python` is this one."""
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"  # noqa: PTH120
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    for block in blocks(page):
        if block["file"]:
            made = folder / block["file"]
            made.parent.mkdir(exist_ok=True)
            made.write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            for command, expected in commands(block["text"]):
                _run(command, expected, folder, environment)


def _run(command: str, expected: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # as its reader types it
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert [line for line in expected if line not in printed] == [], f"{command}\n{printed}"
    fails = any(line.startswith(("ERROR", "FAILED")) for line in expected)
    assert done.returncode == int(fails), f"{command}\n{printed}"
