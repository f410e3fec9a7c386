"""The distributions of an environment: their versions, and a digest of the files of each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

from harness.stacks.environments import distribution

WHERE = "import sysconfig; print(sysconfig.get_path('platlib'))"
NOT_OF_THE_FOLDER = ("..", "__pycache__")
"""Where a file lies that is no part of a package: a program, or what Python compiled."""


class Installed(NamedTuple):
    """A distribution's version, and a digest of its files."""

    version: str
    digest: str


def folder_of(python: Path) -> Path:
    """Return the folder that packages are installed into for that interpreter."""
    asked = (str(python), "-c", WHERE)
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def installed(folder: Path) -> dict[str, Installed]:
    """Return the distributions that are installed in a folder, by their normal names.

    What Python compiled is no part of them. Files that were added beside theirs are.
    """
    return {
        distribution(one.name): Installed(one.version, _digest(folder, one))
        for one in distributions(path=[str(folder)])
    }


def changed(before: dict[str, Installed], after: dict[str, Installed]) -> list[str]:
    """Return the names of those that are not as they were, in alphabetical order."""
    names = {*before, *after}
    return sorted(name for name in names if before.get(name) != after.get(name))


def _digest(folder: Path, one: Distribution) -> str:
    tops = {file.parts[0] for file in one.files or ()}
    whole = sha256()
    for top in sorted(tops.difference(NOT_OF_THE_FOLDER)):
        for file in _files(folder / top):
            whole.update(f"{file.relative_to(folder)}\0".encode())
            whole.update(sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _files(top: Path) -> Iterator[Path]:
    for path in sorted([top, *top.rglob("*")]):
        if path.is_file() and path.suffix != ".pyc":
            yield path
