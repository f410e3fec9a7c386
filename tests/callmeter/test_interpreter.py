"""Another interpreter: what it is, and what is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callmeter.errors import NotAvailableError, UsageError
from callmeter.interpreter import (
    Interpreter,
    inspect_interpreter,
    install_memray,
    memray_folder,
)

NEWER = ("python3.12", "python3.13", "python3.14")
OLDER = ("python2.7", "python2", "python3.8", "python3.9", "python3.10")


def of(name: str) -> str:
    """The path of that program, where it runs: a shim of pyenv's may be of no Python."""
    folders = [*os.get_exec_path(), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    for folder in folders:
        path = shutil.which(name, path=folder)
        if path:
            done = subprocess.run([path, "-c", ""], capture_output=True, check=False)
            if done.returncode == 0:
                return path
    pytest.skip(f"there is no {name} here")


def test_this_interpreter() -> None:
    found = inspect_interpreter()
    assert found.path == sys.executable
    assert found.version == sys.version_info[:3]
    assert found.name == f"CPython {'.'.join(map(str, found.version))}"
    assert found.packages["pytest"] == pytest.__version__
    assert "memray" in found.packages


def test_a_virtual_environments_python_is_itself_and_not_what_it_links_to(tmp_path: Path) -> None:
    make = (sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    subprocess.run(make, check=True)
    python = tmp_path / "venv" / "bin" / "python"
    found = inspect_interpreter(str(python))
    assert found.path == str(python)
    assert found.packages == {}


def test_a_name_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted-python").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert inspect_interpreter("planted-python").path == str(tmp_path / "planted-python")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert inspect_interpreter("~/planted-python").path == str(tmp_path / "planted-python")


@pytest.mark.parametrize("name", NEWER)
def test_a_newer_python(name: str) -> None:
    found = inspect_interpreter(of(name))
    assert f"python{found.version[0]}.{found.version[1]}" == name


@pytest.mark.parametrize("name", OLDER)
def test_an_older_python_is_refused(name: str) -> None:
    path = of(name)
    with pytest.raises(UsageError) as caught:
        inspect_interpreter(path)
    assert str(caught.value).startswith(f"--python {path} is Python ")
    assert str(caught.value).endswith("; 3.11 or newer is needed")


def program(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "text",
    [
        "exit 0",
        "exit 1",
        "echo '[]'",
        "echo '{}'",
        "echo 'no JSON'",
        "printf '\\377'",
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


def test_an_older_answer_is_refused_whatever_gives_it(tmp_path: Path) -> None:
    answer = '{"version": [3, 10, 2], "packages": {}, "implementation": "CPython", "tag": "x"}'
    path = program(tmp_path, f"echo '{answer}'")
    with pytest.raises(UsageError, match=r"is Python 3\.10\.2; 3\.11 or newer is needed"):
        inspect_interpreter(path)


@pytest.mark.parametrize(
    ("path", "said"),
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
def test_what_is_no_program_is_one_clear_line(path: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        inspect_interpreter(path)
    assert said in str(caught.value)


def test_memray_goes_into_a_folder_for_that_version_of_python(tmp_path: Path) -> None:
    found = inspect_interpreter()
    folder = memray_folder(found, tmp_path)
    tag = f"cpython-{found.version[0]}{found.version[1]}"
    assert folder == tmp_path / f"memray-{found.packages['memray']}-{tag}" / "site-packages"


def test_memray_that_is_there_is_not_installed_again(tmp_path: Path) -> None:
    found = inspect_interpreter()
    memray_folder(found, tmp_path).mkdir(parents=True)
    assert install_memray(found, tmp_path) == memray_folder(found, tmp_path)


def test_what_pip_says_last_is_why_memray_cannot_be_installed(tmp_path: Path) -> None:
    pip = program(tmp_path, "echo 'first' >&2; echo 'ERROR: no route' >&2; exit 1")
    theirs = Interpreter(pip, (3, 12, 0), "CPython", "cpython-312", {"pip": "1"})
    with pytest.raises(NotAvailableError, match=r"pip cannot install memray==.*: ERROR: no route$"):
        install_memray(theirs, tmp_path / "cache")
    assert not memray_folder(theirs, tmp_path / "cache").exists()
    assert not list((tmp_path / "cache").glob("*/*"))
