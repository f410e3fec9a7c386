"""Environments: a Python with packages of its own, made by uv where that is, or by venv and pip.

An environment is made beside its place and put there whole, so that a half-made one is never used;
the next one that is made there removes what a killed process left.
It is made again when anything that it was made from has changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter import temporary
from callmeter.errors import NotAvailableError
from harness.base.distribution import cache_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callmeter.interpreter import Interpreter

    Command = list[str | Path]

MADE_FROM = "made-from"
"""The file in an environment that has the digest of what it was made from."""
NAME_ENDS = "[=<>~! ;@"


@dataclass(frozen=True)
class Packages:
    """What an environment is to have.

    `needed` are the words of `pip install`. `wanted` are requirements that it can do without: those
    that have no wheel for its Python, or do not go with what is needed, are left out. `files` are
    texts that the needed words refer to; the environment is made again when they change.
    """

    needed: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def cached(python: Interpreter, packages: Packages, *, fresh: bool = False) -> Path:
    """Return the Python of an environment in the user's cache folder; made, if it is not there.

    Raises NotAvailableError.
    """
    place = cache_folder("environments") / digest(python, packages)[:16]
    if fresh:
        shutil.rmtree(place, ignore_errors=True)
    return make(place, python, packages)


def make(place: Path, python: Interpreter, packages: Packages, cwd: Path | None = None) -> Path:
    """Return the Python of the environment at that place; made, if it is not there or is outdated.

    Paths in the words that are installed are relative to `cwd`. Raises NotAvailableError, with the
    last line of what was to make it.
    """
    made_from = digest(python, packages)
    if not _is_made(place, made_from):
        with ExitStack() as stack:
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                folder = stack.enter_context(temporary.folder(str(place.parent)))
            except OSError as error:
                raise NotAvailableError(f"no folder for an environment: {error}") from error
            fresh = Path(folder) / place.name
            _fill(fresh, python, packages, cwd)
            (fresh / MADE_FROM).write_text(made_from, encoding="utf-8")
            _put(fresh, place)
    return place / "bin" / "python"


def digest(python: Interpreter, packages: Packages) -> str:
    """Return the digest of all that an environment is made from."""
    program = (python.path, python.version, os.path.realpath(python.path))
    lists = (packages.needed, packages.wanted, packages.files)
    return sha256(repr((*program, *lists)).encode()).hexdigest()


def _is_made(place: Path, made_from: str) -> bool:
    mark = place / MADE_FROM
    return mark.is_file() and mark.read_text(encoding="utf-8") == made_from


def _put(fresh: Path, place: Path) -> None:
    """Move it to its place, unless another process has put the same there meanwhile."""
    made_from = (fresh / MADE_FROM).read_text(encoding="utf-8")
    if not _is_made(place, made_from):
        shutil.rmtree(place, ignore_errors=True)
        try:
            fresh.rename(place)
        except OSError as error:
            if not _is_made(place, made_from):
                raise NotAvailableError(f"cannot put the environment there: {error}") from error


def _fill(folder: Path, python: Interpreter, packages: Packages, cwd: Path | None) -> None:
    create, install = _commands(python, folder)
    _succeed(create, cwd)
    if packages.needed:
        _succeed([*install, *packages.needed], cwd)
    if packages.wanted and not _is_added(install, packages, packages.wanted, cwd):
        for requirement in packages.wanted:
            _is_added(install, packages, [requirement], cwd)


def _is_added(
    install: Command, packages: Packages, wanted: Sequence[str], cwd: Path | None
) -> bool:
    """Whether the wanted could be installed, as wheels, beside what is needed."""
    wheels = [word for each in wanted for word in ("--only-binary", distribution(each))]
    try:
        _succeed([*install, *wheels, *wanted, *packages.needed], cwd)
    except NotAvailableError:
        return False
    return True


def distribution(requirement: str) -> str:
    """Return the name of the distribution that a requirement is of, in its normal form."""
    ends = [at for mark in NAME_ENDS if (at := requirement.find(mark)) > 0]
    name = requirement[: min(ends, default=len(requirement))]
    return re.sub(r"[-_.]+", "-", name).lower()


def _commands(python: Interpreter, folder: Path) -> tuple[Command, Command]:
    """Return the commands that create an environment and install into it: uv's, or pip's."""
    interpreter = folder / "bin" / "python"
    if uv := shutil.which("uv"):
        create: Command = [uv, "venv", "--quiet", "--allow-existing", "--python", python.path]
        return [*create, folder], [uv, "pip", "install", "--quiet", "--python", interpreter]
    pip: Command = [sys.executable, "-m", "pip", "--python", interpreter, "install", "--quiet"]
    create = [python.path, "-m", "venv", "--without-pip", folder]
    return create, [*pip, "--no-compile", "--disable-pip-version-check", "--no-input"]


def _succeed(command: Command, cwd: Path | None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise NotAvailableError(str(error)) from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise NotAvailableError(lines[-1].strip() if lines else f"{command[0]} prints nothing")
