"""The CPythons of this machine: by minor version, one of each, or by path."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter.errors import NotAvailableError, UsageError
from callmeter.interpreter import OLDEST, inspect_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callmeter.interpreter import Interpreter

    Minor = tuple[int, ...]

MINOR = re.compile(r"[0-9]{1,2}\.[0-9]{1,3}")


def named(word: str | None) -> Interpreter:
    """Return the CPython of a minor version, `3.12`, or at a path; of None, this one.

    Raises UsageError for what is neither, or too old; NotAvailableError where there is none of that
    version.
    """
    if word is None:
        return inspect_interpreter()
    return _of_version(word) if MINOR.fullmatch(word) else _at(word)


def _of_version(word: str) -> Interpreter:
    minor = tuple(map(int, word.split(".")))
    if minor < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UsageError(f"--python {word} is too old; {oldest} or newer is needed")
    there = found([minor], ())
    if not there:
        raise NotAvailableError(
            f"there is no python{word} on PATH or below pyenv; name its program with --python"
        )
    return there[minor]


def _at(word: str) -> Interpreter:
    try:
        there = inspect_interpreter(word)
    except UsageError as error:
        raise UsageError(f"{error}; or name a version, as 3.12") from None
    if there.implementation != "CPython":
        raise UsageError(f"--python {word} is {there.name}; a CPython is needed")
    return there


def found(minors: Iterable[Minor], named: Iterable[str]) -> dict[Minor, Interpreter]:
    """Return a CPython of each of these versions, where there is one.

    Those named, by their paths, come first; then `python3.X` on PATH, and then what pyenv has
    installed. Raises UsageError for a path that was named and is no CPython.
    """
    wanted = sorted(set(minors))
    there: dict[Minor, Interpreter] = {}
    for each in (*map(_at, named), *filter(None, map(_asked, _candidates(wanted)))):
        if each.version[:2] in wanted:
            there.setdefault(each.version[:2], each)
    return there


def _candidates(minors: Iterable[Minor]) -> Iterator[Path]:
    names = [f"python{'.'.join(map(str, minor))}" for minor in minors]
    folders = [Path(each) for each in os.get_exec_path()]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")  # noqa: PTH111 (there may be no home)
    folders += sorted(Path(pyenv, "versions").glob("*/bin"), reverse=True)
    for name in names:
        yield from (folder / name for folder in folders if (folder / name).is_file())


def _asked(path: Path) -> Interpreter | None:
    """Return what the program is; None for no CPython that runs, as one of pyenv's shims."""
    try:
        return _at(str(path))
    except UsageError:
        return None
