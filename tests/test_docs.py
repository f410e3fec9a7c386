"""The guides, followed as they are written: their files made, their commands run, outside of here.

In a guide, a block of `python file=NAME` is a file to make, one of `console` commands behind `$`,
each followed by lines that must be found in what it prints. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

GUIDES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.S | re.M)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Give each command of a console block, and the lines expected of it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, nobody's checkout, in which `python` is this one."""
    here = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{here}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    work = tmp_path / "work"
    work.mkdir()
    return work


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_does_what_it_says(guide: Path, folder: Path) -> None:
    blocks = list(BLOCK.finditer(guide.read_text(encoding="utf-8")))
    assert any(block["kind"] == "console" for block in blocks)
    for block in blocks:
        if block["file"]:
            path = folder / block["file"]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            for command, expected in commands(block["text"]):
                done = subprocess.run(  # as its reader types it
                    command, shell=True, cwd=folder, capture_output=True, text=True, check=False
                )
                printed = done.stdout + done.stderr
                assert [line for line in expected if line not in printed] == [], printed
                fails = any(line.startswith(("ERROR", "FAILED")) for line in expected)
                assert done.returncode == int(fails), printed


@pytest.mark.parametrize("guide", [*GUIDES, ROOT / "README.md"], ids=lambda path: path.stem)
def test_the_links_of_a_guide_lead_somewhere(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
        assert (guide.parent / link).exists(), link
