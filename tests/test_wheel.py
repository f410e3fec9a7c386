"""What is built from here works outside of here, and holds nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from harness.model.run import read
from support import ROOT, harness

if TYPE_CHECKING:
    from email.message import Message

    from harness.model.run import Run

CALLMETER = ROOT / "callmeter"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PUBLISHED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
LEFT_BEHIND = (".venv/pyvenv.cfg", "harness/__pycache__/x.pyc", "results/local/secret.jsonl")
"""What working in a checkout leaves in it."""


def built(source: Path, folder: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution, built from there into the folder."""
    build = (sys.executable, "-m", "hatchling", "build", "--directory", str(folder))
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    (wheel,), (archive,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, archive


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def of_callmeter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(CALLMETER, tmp_path_factory.mktemp("dist_of_callmeter"))


@pytest.fixture(scope="module")
def wheel(distributions: tuple[Path, Path]) -> ZipFile:
    return ZipFile(distributions[0])


@pytest.fixture(scope="module")
def instrument(of_callmeter: tuple[Path, Path]) -> ZipFile:
    """The wheel of callmeter."""
    return ZipFile(of_callmeter[0])


@pytest.fixture(scope="module")
def installed(
    distributions: tuple[Path, Path],
    of_callmeter: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The programs of a new environment with both wheels in it, and ours for what they require."""
    environment = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    programs = environment / "bin"
    pip = (sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet")
    wheels = (distributions[0], of_callmeter[0])
    subprocess.run([*pip, "--no-index", "--no-deps", *wheels], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "required.pth").write_text(sysconfig.get_path("purelib"))
    return programs


def sources(*folders: str) -> set[str]:
    """The paths of the repository's own files below the folders, or of all of them."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git cannot tell what is the repository's")
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders)
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for path in done.stdout.splitlines() if (ROOT / path).exists()}


def names(archive: Path) -> set[str]:
    """The paths of a source distribution's files, below its folder."""
    with tarfile.open(archive) as opened:
        return {name.partition("/")[2] for name in opened.getnames()}


def outside(installed: Path, folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, called in that folder."""
    return subprocess.run(
        [installed / "mapping-strategies", *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheels_are_what_runs_there(installed: Path, tmp_path: Path) -> None:
    code = "import callmeter, harness; print(callmeter.__file__, harness.__file__, sep='\\n')"
    done = subprocess.run(
        [installed / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    files = done.stdout.splitlines()
    assert len(files) == 2
    assert all(Path(file).is_relative_to(installed.parent) for file in files)


def test_the_wheel_holds_the_packages_and_the_published_runs_alone(wheel: ZipFile) -> None:
    own = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert own == sources("harness", "strategies") | set(PUBLISHED.values())
    about = {name.partition(".dist-info/")[2] for name in set(wheel.namelist()) - own}
    assert about == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    for source, packaged in PUBLISHED.items():
        assert wheel.read(packaged) == (ROOT / source).read_bytes()


def said_of_itself(wheel: ZipFile) -> tuple[Message, str]:
    """The metadata and the entry points of a wheel, which has our licence."""
    (info,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    said = message_from_bytes(wheel.read(f"{info}/METADATA"))
    assert (said["License-Expression"], said["Requires-Python"]) == ("MIT", ">=3.11")
    assert wheel.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    return said, wheel.read(f"{info}/entry_points.txt").decode()


def test_the_wheel_says_what_it_is(wheel: ZipFile) -> None:
    _, entry_points = said_of_itself(wheel)
    assert entry_points == "[console_scripts]\nmapping-strategies = harness.__main__:main\n"


def test_callmeter_requires_memray_and_nothing_else(instrument: ZipFile) -> None:
    said, entry_points = said_of_itself(instrument)
    (required,) = said.get_all("Requires-Dist")
    assert required.startswith("memray>=")
    assert entry_points == "[pytest11]\ncallmeter = callmeter.pytest_plugin\n"


def test_callmeters_wheel_holds_its_package_alone(instrument: ZipFile) -> None:
    own = {name for name in instrument.namelist() if ".dist-info/" not in name}
    assert own == {path.removeprefix("callmeter/src/") for path in sources("callmeter/src")}


def test_the_experiment_requires_the_callmeter_of_the_same_repository(wheel: ZipFile) -> None:
    said, _ = said_of_itself(wheel)
    version = tomllib.loads((CALLMETER / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"callmeter=={version['project']['version']}" in said.get_all("Requires-Dist")


def test_callmeters_source_distribution_builds_the_same_wheel_to_the_byte(
    of_callmeter: tuple[Path, Path], tmp_path: Path
) -> None:
    with tarfile.open(of_callmeter[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = built(source, tmp_path / "again")
    assert again[0].read_bytes() == of_callmeter[0].read_bytes()
    assert names(again[1]) == names(of_callmeter[1])


def test_the_source_distribution_is_the_repository_without_its_pages(
    distributions: tuple[Path, Path],
) -> None:
    pages = {path for path in sources("results") if path.endswith(".html")}
    assert names(distributions[1]) == sources() - pages | {"PKG-INFO"}


def test_the_source_distribution_builds_the_same_wheel_to_the_byte(
    distributions: tuple[Path, Path], tmp_path: Path
) -> None:
    """In another folder, at another time, beside what work leaves behind."""
    with tarfile.open(distributions[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in LEFT_BEHIND:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("not for others\n")
    again = built(source, tmp_path / "again")
    assert again[0].read_bytes() == distributions[0].read_bytes()
    assert names(again[1]) == names(distributions[1])


def test_it_compares_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    words = ("compare", "slotted", "--entries", "20", "--meter", "tracemalloc", "--repeat", "1")
    done = outside(installed, tmp_path, *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["environment"]["commit"].startswith("release ")
    assert {row["strategy"] for row in told["rows"]} >= {"floor", "full_orm", "slotted"}


def test_it_measures_what_a_checkout_does(installed: Path, tmp_path: Path) -> None:
    """The figures and the layers: what is installed is still the user's code, and no library."""
    compare = ("compare", "slotted", "--entries", "200", "--meter", "tracemalloc", "--repeat", "1")
    explain = ("explain", "full_orm", "--entries", "200")
    found: dict[str, list[Run]] = {"there": [], "here": []}
    for words in (compare, explain):
        done = outside(installed, tmp_path, *words, "--save", f"there-{words[0]}.jsonl")
        assert done.returncode == 0, done.stderr
        found["there"].append(read(tmp_path / f"there-{words[0]}.jsonl"))
        done = harness(*words, "--save", f"here-{words[0]}.jsonl", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        found["here"].append(read(tmp_path / f"here-{words[0]}.jsonl"))
    there, here = (peaks(compared) for compared, _ in found.values())
    assert there == pytest.approx(here, rel=0.01)
    there, here = (layers(explained) for _, explained in found.values())
    assert there == pytest.approx(here, abs=0.005)
    assert there["domain objects"] > 0.1
    assert there.get("other", 0) < 0.01


def peaks(run: Run) -> dict[str, float]:
    """The traced peak of each strategy that makes objects, after a warm-up."""
    return {
        each.cell.name: each.values["traced_peak"]
        for each in run.measurements
        if "traced_peak" in each.values
        and not each.cell.cold
        and each.cell.name != "drained_arrow"
    }


def layers(run: Run) -> dict[str, float]:
    """The share of each layer in what is retained."""
    (retained,) = (each.explanation.retained for each in run.measurements if each.explanation)
    return {layer: size / sum(retained.values()) for layer, size in retained.items()}


def test_it_chooses_and_reports_from_the_published_run(installed: Path, tmp_path: Path) -> None:
    words = ("choose", "--entries", "10000", "--memory", "64MB")
    done = outside(installed, tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "Recommended: " in done.stdout
    done = outside(installed, tmp_path, "report", "--format", "html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!DOCTYPE html>")
