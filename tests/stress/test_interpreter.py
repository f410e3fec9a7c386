"""The interpreters of this machine: of every version, and of a virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callmeter.errors import UsageError
from callmeter.interpreter import inspect_interpreter

NEWER = ("python3.12", "python3.13", "python3.14")
OLDER = ("python2.7", "python2", "python3.8", "python3.9", "python3.10")


def path_of(name: str) -> str:
    """Return the path of that program, where it runs: a shim of pyenv's may be of no Python."""
    folders = [*os.get_exec_path(), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    for folder in folders:
        path = shutil.which(name, path=folder)
        if path:
            done = subprocess.run([path, "-c", ""], capture_output=True, check=False)
            if done.returncode == 0:
                return path
    pytest.skip(f"there is no {name} here")


@pytest.mark.parametrize("name", NEWER)
def test_a_newer_python(name: str) -> None:
    found = inspect_interpreter(path_of(name))
    assert f"python{found.version[0]}.{found.version[1]}" == name


@pytest.mark.parametrize("name", OLDER)
def test_an_older_python_is_refused(name: str) -> None:
    path = path_of(name)
    with pytest.raises(UsageError) as caught:
        inspect_interpreter(path)
    assert str(caught.value).startswith(f"--python {path} is Python ")
    assert str(caught.value).endswith("; 3.11 or newer is needed")


def test_a_virtual_environments_python_is_itself_and_not_what_it_links_to(tmp_path: Path) -> None:
    make = (sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    subprocess.run(make, check=True)
    python = tmp_path / "venv" / "bin" / "python"
    found = inspect_interpreter(str(python))
    assert found.path == str(python)
    assert found.packages == {}
