"""Another interpreter: what it is, and what is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import NotAvailableError, UsageError
from callmeter.interpreter import (
    Interpreter,
    inspect_interpreter,
    install_memray,
    memray_folder,
)

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_this_interpreter() -> None:
    found = inspect_interpreter()
    assert found.path == sys.executable
    assert found.version == sys.version_info[:3]
    assert found.name == f"CPython {'.'.join(map(str, found.version))}"
    assert found.packages["pytest"] == pytest.__version__
    assert "memray" in found.packages


def test_a_distribution_has_the_normal_form_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "Zope.thing_two-1.5.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: Zope.thing_two\nVersion: 1.5\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert inspect_interpreter().packages["zope-thing-two"] == "1.5"


def test_a_name_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted-python").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert inspect_interpreter("planted-python").path == str(tmp_path / "planted-python")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert inspect_interpreter("~/planted-python").path == str(tmp_path / "planted-python")


@pytest.mark.parametrize(
    "text",
    [
        *("exit 0", "exit 1", "echo '[]'", "echo '{}'", "echo 'no JSON'", "printf '\\377'"),
        """echo '{"version": 3, "packages": {}, "implementation": "", "tag": ""}'""",
        """echo '{"version": ["a"], "packages": {}, "implementation": "", "tag": ""}'""",
        """echo '{"version": [3, 12, 0], "answer": 42}'""",
    ],
)
def test_a_program_that_is_no_python_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = program(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        inspect_interpreter(path)
    assert str(caught.value) == f"--python {path} does not answer as a Python does"


def test_an_older_python_is_refused(tmp_path: Path) -> None:
    answer = '{"version": [3, 10, 2], "packages": {}, "implementation": "CPython", "tag": "x"}'
    path = program(tmp_path, f"echo '{answer}'")
    with pytest.raises(UsageError, match=r"is Python 3\.10\.2; 3\.11 or newer is needed"):
        inspect_interpreter(path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".", "--python . is a folder; name its bin/python"),
        ("/nowhere/python", "--python /nowhere/python is no program"),
        ("/etc/passwd", "--python /etc/passwd is no program"),
        ("no-such-python", "--python no-such-python is no program"),
        ("", "--python  is no program"),
        ("x" * 5_000, "is no program"),
        ("a\0b", "is no program"),
    ],
)
def test_what_is_no_program_is_one_clear_line(path: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        inspect_interpreter(path)
    assert message in str(caught.value)


def test_memray_is_installed_once_into_a_folder_for_that_version_of_python(tmp_path: Path) -> None:
    found = inspect_interpreter()
    folder = memray_folder(found, tmp_path)
    tag = f"cpython-{found.version[0]}{found.version[1]}"
    assert folder == tmp_path / f"memray-{found.packages['memray']}-{tag}" / "site-packages"
    folder.mkdir(parents=True)
    assert install_memray(found, tmp_path) == folder


def test_pips_last_line_is_the_reason_why_memray_cannot_be_installed(tmp_path: Path) -> None:
    pip = program(tmp_path, "echo 'first' >&2; echo 'ERROR: no route' >&2; exit 1")
    other = Interpreter(pip, (3, 12, 0), "CPython", "cpython-312", {"pip": "1"})
    with pytest.raises(NotAvailableError, match=r"pip cannot install memray==.*: ERROR: no route$"):
        install_memray(other, tmp_path / "cache")
    assert not memray_folder(other, tmp_path / "cache").exists()
    assert not list((tmp_path / "cache").glob("*/*"))
