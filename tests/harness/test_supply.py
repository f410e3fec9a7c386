"""What is needed is pinned, what is pinned is installed and needed, and its licence is told."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import UsageError
from harness.base.errors import NotAsPinnedError
from support import ROOT
from tools.publish import supply
from tools.publish.blocks.dependencies import make

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT, CONSTRAINTS = ROOT / "pyproject.toml", ROOT / "constraints.txt"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs what is installed here, and is pinned."""
    (tmp_path / "constraints.txt").write_text(f"tabulate=={metadata.version('tabulate')}\n")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "theirs"\nrequires-python = ">=3.11"\n'
        "dependencies = [\"tabulate; sys_platform != 'nowhere'\"]\n"
        "optional-dependencies.all = ['Theirs[db]']\n"
        "optional-dependencies.db = ['not_there', \"nor.this; python_version < '3.11'\"]\n"
    )
    return tmp_path


def disagreements(project: Path) -> list[str]:
    return supply.disagreements(project / "pyproject.toml", project / "constraints.txt")


def test_what_is_needed_pinned_and_installed_agrees() -> None:
    assert supply.disagreements(PYPROJECT, CONSTRAINTS) == []


def test_a_pin_is_a_name_and_a_version() -> None:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    assert len(supply.pins(CONSTRAINTS)) == len(pins)


def test_extras_and_what_they_bring_in_are_needed() -> None:
    """Of psycopg's and of the project's own; and of each, once."""
    needed = supply.needed(PYPROJECT)
    assert needed["psycopg-binary"] == needed["markupsafe"] == (supply.RUN_TIME,)
    assert needed["pytest"] == needed["iniconfig"] == ("dev",)
    assert needed["pyarrow"] == ("arrow", "dev")


def test_what_callmeter_needs_is_needed_and_itself_is_ours() -> None:
    """It is built from this repository, and no index is asked about it."""
    needed = supply.needed(PYPROJECT)
    assert supply.OTHER_OF_OURS not in needed
    assert needed["memray"] == needed["textual"] == (supply.RUN_TIME,)


def test_an_extra_may_name_another(project: Path) -> None:
    found = supply.needed(project / "pyproject.toml")
    assert found == {"not-there": ("all", "db"), "tabulate": (supply.RUN_TIME,)}


def test_what_is_not_pinned_is_named(project: Path) -> None:
    assert disagreements(project) == ["not-there is needed and not pinned"]


def test_a_pin_of_another_version_is_named(project: Path) -> None:
    (project / "constraints.txt").write_text("Tabulate==0.1\nnot.there==1\n")
    here = metadata.version("tabulate")
    assert disagreements(project) == [f"tabulate is pinned at 0.1, installed at {here}"]


def test_a_needless_pin_is_named_once_nothing_is_missing(project: Path) -> None:
    pins = project / "constraints.txt"
    pins.write_text(f"{pins.read_text()}rich=={metadata.version('rich')}\nnot-there==1\n")
    assert disagreements(project) == []
    requirements = (project / "pyproject.toml").read_text().replace("not_there", "tabulate")
    (project / "pyproject.toml").write_text(requirements)
    pins.write_text(pins.read_text().replace("not-there==1\n", ""))
    assert disagreements(project) == ["rich is pinned and not needed"]


def test_a_line_that_pins_nothing_is_refused(project: Path) -> None:
    (project / "constraints.txt").write_text("tabulate @ https://example.org/tabulate.whl\n")
    with pytest.raises(UsageError, match="is no pin; write name==version"):
        disagreements(project)


def test_licences_are_told_of_nothing_else_than_the_pins(project: Path) -> None:
    (project / "constraints.txt").write_text("tabulate==0.1\nnot-there==1\n")
    with pytest.raises(
        NotAsPinnedError, match=r"tabulate is pinned at 0\.1.*; not-there is not insta"
    ):
        make([project / "pyproject.toml", project / "constraints.txt"])


def test_every_library_that_a_wheel_carries_is_told_of() -> None:
    told = (ROOT / "DEPENDENCIES.md").read_text(encoding="utf-8")
    files = [file for name in supply.needed(PYPROJECT) for file in _files(name)]
    carried = {re.split(r"-[0-9a-f]{8}|\.so", file)[0] for file in files}
    assert [name for name in sorted(carried) if f"`{name.removesuffix('-0')}`" not in told] == []


def _files(name: str) -> list[str]:
    """The shared libraries that its wheel carries beside its own code."""
    files = (metadata.files(name) or []) if supply.installed(name) else []
    return [file.name for file in files if file.parent.name.endswith(".libs")]
