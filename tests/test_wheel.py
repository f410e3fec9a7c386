"""What is built from here holds what it should, and nothing else."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
from email import message_from_bytes
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from harness.model.saved import CHOSEN_FROM
from support import ROOT, built

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

PROJECT, CALLMETER = (
    tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    for folder in ("", "callmeter")
)
PUBLISHED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(distributions: tuple[Path, Path]) -> ZipFile:
    return ZipFile(distributions[0])


@pytest.fixture(scope="module")
def instrument(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel of callmeter."""
    return ZipFile(built(ROOT / "callmeter", tmp_path_factory.mktemp("dist_of_callmeter"))[0])


def test_the_runs_that_a_choice_is_made_from_are_there_and_in_the_wheel() -> None:
    wanted = {f"results/{path.name}": f"harness/published/{path.name}" for path in CHOSEN_FROM}
    assert wanted.items() <= PUBLISHED.items()
    assert all((ROOT / path).is_file() for path in wanted)


def sources(*folders: str) -> set[str]:
    """The paths of the repository's own files below the folders, or of all of them."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git cannot tell what is the repository's")
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders)
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for path in done.stdout.splitlines() if (ROOT / path).exists()}


def metadata(wheel: ZipFile) -> tuple[Message, str]:
    """The metadata and the entry points of a wheel, which has our licence."""
    (info,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    found = message_from_bytes(wheel.read(f"{info}/METADATA"))
    assert (found["License-Expression"], found["Requires-Python"]) == ("MIT", ">=3.11")
    assert wheel.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    return found, wheel.read(f"{info}/entry_points.txt").decode()


def test_the_wheel_holds_the_packages_and_the_published_runs_alone(wheel: ZipFile) -> None:
    files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert files == sources("harness", "strategies") | set(PUBLISHED.values())
    about = {name.partition(".dist-info/")[2] for name in set(wheel.namelist()) - files}
    assert about == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    for source, packaged in PUBLISHED.items():
        assert wheel.read(packaged) == (ROOT / source).read_bytes()


def test_the_source_distribution_is_the_repository_without_its_pages(
    distributions: tuple[Path, Path],
) -> None:
    pages = {path for path in sources("results") if path.endswith(".html")}
    with tarfile.open(distributions[1]) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert names == sources() - pages | {"PKG-INFO"}


def test_it_requires_the_callmeter_of_the_same_repository(wheel: ZipFile) -> None:
    found, entry_points = metadata(wheel)
    assert entry_points == "[console_scripts]\nmapping-strategies = harness.__main__:main\n"
    version = CALLMETER["project"]["version"]
    assert f"callmeter=={version}" in found.get_all("Requires-Dist", [])


def test_callmeter_requires_memray_and_nothing_else(instrument: ZipFile) -> None:
    found, entry_points = metadata(instrument)
    (required,) = found.get_all("Requires-Dist", [])
    assert required.startswith("memray>=")
    assert entry_points == "[pytest11]\ncallmeter = callmeter.pytest_plugin\n"
    files = {name for name in instrument.namelist() if ".dist-info/" not in name}
    assert files == {path.removeprefix("callmeter/src/") for path in sources("callmeter/src")}
