"""The wheel: what is built from here works outside of here, and holds nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from support import ROOT, harness


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files in it, as an installation has them."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", str(folder), str(ROOT)),
    )
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def outside(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return harness(*words, folder=folder, PYTHONPATH=str(installed))


def test_the_wheel_is_what_runs_here(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import harness; print(harness.__file__)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(installed)


def test_it_holds_the_packages_and_the_published_run(installed: Path) -> None:
    top = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert top == {"harness", "strategies"}
    for name in ("reference.jsonl", "growth.jsonl", "distinct.jsonl"):
        packaged = (installed / "harness" / "published" / name).read_bytes()
        assert packaged == (ROOT / "results" / name).read_bytes()


def test_it_compares_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    words = ("compare", "slotted", "--entries", "20", "--meter", "tracemalloc", "--repeat", "1")
    done = outside(installed, tmp_path, *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["environment"]["commit"].startswith("release ")
    assert {row["strategy"] for row in told["rows"]} >= {"floor", "full_orm", "slotted"}


def test_it_chooses_and_reports_from_the_published_run(installed: Path, tmp_path: Path) -> None:
    words = ("choose", "--entries", "10000", "--memory", "64MB")
    done = outside(installed, tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "Recommended: " in done.stdout
    done = outside(installed, tmp_path, "report", "--format", "html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!DOCTYPE html>")
