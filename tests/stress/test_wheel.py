"""What is built from here works outside of here as it does here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.model.saved import read
from support import ROOT, built, harness

if TYPE_CHECKING:
    from harness.model.run import Run

LEFT_BEHIND = (".venv/pyvenv.cfg", "harness/__pycache__/x.pyc", "results/local/secret.jsonl")
"""What working in a checkout leaves in it."""
COMPARE = (
    *("compare", "slotted", "--entries", "200", "--meter", "tracemalloc", "--repeat", "1"),
    *("--format", "json"),
)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Path, Path]]:
    """The wheel and the source distribution, by the folder that they are built from."""
    folders = (ROOT, ROOT / "callmeter")
    return {each: built(each, tmp_path_factory.mktemp("dist")) for each in folders}


@pytest.fixture(scope="module")
def installed(
    distributions: dict[Path, tuple[Path, Path]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The programs of a new environment with both wheels in it, and ours for what they require."""
    environment = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    programs = environment / "bin"
    pip = (sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet")
    wheels = [wheel for wheel, _ in distributions.values()]
    subprocess.run([*pip, "--no-index", "--no-deps", *wheels], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "required.pth").write_text(sysconfig.get_path("purelib"))
    return programs


@pytest.fixture(scope="module")
def compared(
    installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    """A comparison by what is installed, saved as run.jsonl in the folder it was called in."""
    folder = tmp_path_factory.mktemp("outside")
    return outside(installed, folder, *COMPARE, "--save", str(folder / "run.jsonl"))


def outside(
    installed: Path, folder: Path, *words: str, program: str = "mapping-strategies"
) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, called in that folder."""
    return subprocess.run(
        [installed / program, *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", ["", "callmeter"])
def test_a_source_distribution_builds_the_same_to_the_byte(
    distributions: dict[Path, tuple[Path, Path]], tmp_path: Path, folder: str
) -> None:
    """In another folder, at another time, by a user with other rights, beside what work leaves."""
    wheel, archive = distributions[ROOT / folder]
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in () if folder else LEFT_BEHIND:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("not for others\n")
    for path in source.rglob("*.py"):
        path.chmod(0o600)
    again = built(source, tmp_path / "again")
    with tarfile.open(again[1]) as new, tarfile.open(archive) as old:
        assert set(new.getnames()) == set(old.getnames())
    assert [path.read_bytes() for path in again] == [wheel.read_bytes(), archive.read_bytes()]


def test_it_compares_chooses_and_reports_outside_the_checkout(
    installed: Path, compared: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    code = "import callmeter, harness; print(callmeter.__file__, harness.__file__, sep='\\n')"
    files = outside(installed, tmp_path, "-c", code, program="python").stdout.splitlines()
    assert [str(installed.parent) in file for file in files] == [True] * 2
    assert compared.returncode == 0, compared.stderr
    found = json.loads(compared.stdout)
    assert found["environment"]["commit"].startswith("release ")
    assert {row["strategy"] for row in found["rows"]} >= {"floor", "full_orm", "slotted"}
    done = outside(installed, tmp_path, "choose", "--entries", "10000", "--memory", "64MB")
    assert done.returncode == 0, done.stderr
    assert "Recommended: " in done.stdout
    done = outside(installed, tmp_path, "report", "--format", "html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!DOCTYPE html>")


def test_it_measures_what_a_checkout_does(
    installed: Path, compared: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """The figures and the layers: what is installed is still the user's code, and no library."""
    explain = ("explain", "full_orm", "--entries", "200", "--save")
    done = [
        outside(installed, tmp_path, *explain, "there.jsonl"),
        harness(*explain, "here.jsonl", folder=tmp_path),
        harness(*COMPARE, "--save", "compared.jsonl", folder=tmp_path),
    ]
    assert [one.returncode for one in done] == [0] * 3, done
    there, here = (layers(read(tmp_path / f"{where}.jsonl")) for where in ("there", "here"))
    assert there == pytest.approx(here, abs=0.005)
    installed_run = read(Path(compared.args[-1]))
    assert peaks(installed_run) == pytest.approx(peaks(read(tmp_path / "compared.jsonl")), rel=0.01)
    assert there["domain objects"] > 0.1
    assert there.get("other", 0) < 0.01


def peaks(run: Run) -> dict[str, float]:
    """The traced peak of each strategy that makes objects, after a warm-up."""
    return {
        each.cell.name: each.values["traced_peak"]
        for each in run.measurements
        if "traced_peak" in each.values and not each.cell.cold and each.cell.name != "drained_arrow"
    }


def layers(run: Run) -> dict[str, float]:
    """The share of each layer in what is retained."""
    (retained,) = (each.explanation.retained for each in run.measurements if each.explanation)
    return {layer: size / sum(retained.values()) for layer, size in retained.items()}
