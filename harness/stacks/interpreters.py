"""The CPythons of this machine: by minor version, one of each, or by path."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import NotAvailableError, UsageError
from callmeter.interpreter import OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Minor = tuple[int, int]

QUESTION = """
import json, platform, sys
print(json.dumps([platform.python_implementation(), *sys.version_info[:3]]))
"""
SECONDS_TO_ANSWER = 30
MINOR = re.compile(r"[0-9]{1,2}\.[0-9]{1,3}")


class Interpreter(NamedTuple):
    """A CPython: its path and its version."""

    path: Path
    version: tuple[int, int, int]

    @property
    def minor(self) -> Minor:
        """The first two numbers of its version."""
        return self.version[:2]

    @property
    def name(self) -> str:
        """`Python 3.12.1`."""
        return f"Python {'.'.join(map(str, self.version))}"


def named(word: str | None) -> Interpreter:
    """Return the CPython of a minor version, `3.12`, or at a path; of None, this one.

    Raises UsageError for what is neither, or too old; NotAvailableError where there is none of that
    version.
    """
    if word is None:
        major, minor, micro = sys.version_info[:3]
        return Interpreter(Path(sys.executable), (major, minor, micro))
    return _of_version(word) if MINOR.fullmatch(word) else _at(word)


def _of_version(word: str) -> Interpreter:
    major, minor = map(int, word.split("."))
    _check_age(word, (major, minor))
    there = found([(major, minor)], ())
    if not there:
        raise NotAvailableError(
            f"there is no python{word} on PATH or below pyenv; name its program with --python"
        )
    return there[major, minor]


def _at(word: str) -> Interpreter:
    try:
        there = _of_the_named(os.path.expanduser(word))  # noqa: PTH111 (a word, which may be no path)
    except ValueError as error:
        raise UsageError(f"--python {error}, or a version, as 3.12") from None
    _check_age(word, there.minor)
    return there


def _check_age(word: str, minor: Minor) -> None:
    if minor < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UsageError(f"--python {word} is too old; {oldest} or newer is needed")


def found(minors: Iterable[Minor], named: Iterable[str]) -> dict[Minor, Interpreter]:
    """Return a CPython of each of these versions, where there is one.

    Those named come first; then `python3.X` on PATH, and then what pyenv has installed. Raises
    ValueError for a path that was named and is no CPython.
    """
    wanted = set(minors)
    answers = (_of_the_named(path) for path in named)
    there: dict[Minor, Interpreter] = {}
    for each in (*answers, *filter(None, map(_asked, _candidates(sorted(wanted))))):
        if each.minor in wanted:
            there.setdefault(each.minor, each)
    return there


def _candidates(minors: Iterable[Minor]) -> Iterator[Path]:
    names = [f"python{major}.{minor}" for major, minor in minors]
    folders = [Path(each) for each in os.get_exec_path()]
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    folders += sorted(versions.glob("*/bin"), reverse=True)
    for name in names:
        yield from (folder / name for folder in folders if (folder / name).is_file())


def _of_the_named(path: str) -> Interpreter:
    answer = _asked(Path(path))
    if answer is None:
        raise ValueError(f"{path} is no CPython; name its program, as /usr/bin/python3.12")
    return answer


def _asked(path: Path) -> Interpreter | None:
    """Return what the program says that it is; None for no CPython, as one of pyenv's shims."""
    try:
        done = subprocess.run(
            [path, "-c", QUESTION],
            capture_output=True,
            check=True,
            timeout=SECONDS_TO_ANSWER,
            stdin=subprocess.DEVNULL,
        )
        implementation, *version = json.loads(done.stdout)
        major, minor, micro = version
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    is_cpython = implementation == "CPython"
    return Interpreter(path.absolute(), (major, minor, micro)) if is_cpython else None
