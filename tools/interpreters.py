"""The Pythons of this machine, one of each minor version."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Minor = tuple[int, int]

QUESTION = """
import json, platform, sys
print(json.dumps([platform.python_implementation(), *sys.version_info[:3]]))
"""
SECONDS_TO_ANSWER = 30


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
