"""A stack: a Python with a version of SQLAlchemy, an environment for both, and its tests' result.

An environment is made once, and again when anything that it was made from has changed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.interpreters import Interpreter

ROOT = Path(__file__).parents[1]
STACKS = ROOT / "build" / "stacks"
MADE_FROM = [ROOT / "pyproject.toml", ROOT / "callmeter" / "pyproject.toml"]
CONSTRAINTS = ROOT / "constraints.txt"

OURS = ("--editable", "./callmeter", "--editable", ".[arrow,drivers,models]")
OF_THE_TESTS = (
    *("hypothesis", "pytest", "pytest-xdist"),
    *("pandas", "polars", "psycopg2-binary", "pydantic"),
)
SHOW_VERSIONS = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("SQLAlchemy", "psycopg")))
"""
RESULT = re.compile(r"\d+ (passed|failed|error|skipped|deselected).* in [\d.]+s")
FAILED = re.compile(r"(FAILED|ERROR) tests/")


class NotMadeError(Exception):
    """An environment that cannot be made, with the last line of what was to make it."""


@dataclass(frozen=True)
class Stack:
    """A Python, and what is installed with it in place of what is pinned."""

    python: Interpreter
    sqlalchemy: str
    requirements: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its environment is, and what pytest printed."""
        major, minor = self.python.minor
        return STACKS / f"python{major}.{minor}-sqlalchemy{self.sqlalchemy}"

    @property
    def interpreter(self) -> Path:
        """The Python of its environment."""
        return self.folder / "environment" / "bin" / "python"

    @property
    def output(self) -> Path:
        """The file of what pytest printed."""
        return self.folder / "output.txt"

    @property
    def versions(self) -> str:
        """What it consists of: `Python 3.12.1, SQLAlchemy 2.0.58, psycopg 3.3.9`."""
        done = subprocess.run(
            [self.interpreter, "-c", SHOW_VERSIONS], capture_output=True, text=True, check=True
        )
        return f"{self.python.name}, {done.stdout.strip()}"

    def make(self) -> None:
        """Make its environment, unless it is there and as new as what it is made from.

        Raises NotMadeError.
        """
        mark, digest = self.folder / "made-from", self._digest()
        if mark.exists() and mark.read_text() == digest:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        constraints = self.folder / "constraints.txt"
        constraints.write_text(self._constraints())
        make, install = _commands(self.python, self.folder / "environment")
        _succeed(make)
        what = (*self.requirements, *OF_THE_TESTS, *OURS)
        _succeed([*install, "--constraint", constraints, *what])
        mark.write_text(digest)

    def test(self, tests: tuple[str, ...]) -> tuple[bool, str]:
        """Run the tests; return whether they passed, and pytest's closing line."""
        options = ("-q", "-rfE", "--no-header", "--tb=short", "-p", "no:cacheprovider")
        workers = ("--numprocesses", "2", "--dist", "loadscope")
        with self.output.open("w") as output:
            done = subprocess.run(
                [self.interpreter, "-m", "pytest", *options, *workers, *tests],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        results = [line for line in self._lines() if RESULT.search(line)]
        closing = results[-1].strip("= ") if results else f"pytest ended with {done.returncode}"
        return done.returncode == 0, closing

    def failures(self) -> list[str]:
        """Return the lines of pytest's summary that name what failed, or its last ones."""
        return [line for line in self._lines() if FAILED.match(line)] or self._lines()[-20:]

    def _lines(self) -> list[str]:
        return self.output.read_text(errors="replace").splitlines()

    def _constraints(self) -> str:
        """Return the pins, without those of what this stack has in another version."""
        others = {name for each in self.requirements for name in _names(each)}
        lines = CONSTRAINTS.read_text().splitlines()
        return "".join(f"{line}\n" for line in lines if others.isdisjoint(_names(line)))

    def _digest(self) -> str:
        parts = [str(self.python), *self.requirements, *OF_THE_TESTS, *OURS, self._constraints()]
        parts += [path.read_text() for path in MADE_FROM]
        return sha256("\0".join(parts).encode()).hexdigest()


def _names(requirement: str) -> list[str]:
    """Return the distributions that a requirement names; an extra that is one of its own, too."""
    name, _, extra = re.split("[]=<>~!]", requirement)[0].strip().lower().partition("[")
    return [name, f"{name}-{extra}"]


def _commands(python: Interpreter, environment: Path) -> list[list[str | Path]]:
    """Return the commands that make an environment and install into it: uv's, or pip's."""
    interpreter = environment / "bin" / "python"
    if uv := shutil.which("uv"):
        make: list[str | Path] = [uv, "venv", "--quiet", "--python", python.path, environment]
        return [make, [uv, "pip", "install", "--quiet", "--python", interpreter]]
    make = [python.path, "-m", "venv", "--without-pip", environment]
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", interpreter]
    return [make, [*pip, "install", "--quiet", "--no-compile", "--disable-pip-version-check"]]


def _succeed(command: list[str | Path]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["it says nothing"]
        raise NotMadeError(lines[-1])
