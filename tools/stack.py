"""A stack to test on: a Python with a version of SQLAlchemy, its environment, its tests' result."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.stacks.environments import Packages, distribution, make

if TYPE_CHECKING:
    from callmeter.interpreter import Interpreter

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


@dataclass(frozen=True)
class Stack:
    """A Python, and what is installed with it in place of what is pinned."""

    python: Interpreter
    sqlalchemy: str
    requirements: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its environment is, and what pytest printed."""
        major, minor, *_ = self.python.version
        return STACKS / f"python{major}.{minor}-sqlalchemy{self.sqlalchemy}"

    @property
    def environment(self) -> Path:
        """The folder of its environment."""
        return self.folder / "environment"

    @property
    def interpreter(self) -> Path:
        """The Python of its environment."""
        return self.environment / "bin" / "python"

    @property
    def output(self) -> Path:
        """The file of what pytest printed."""
        return self.folder / "output.txt"

    @property
    def versions(self) -> str:
        """What it consists of: `CPython 3.12.1, SQLAlchemy 2.0.58, psycopg 3.3.9`."""
        done = subprocess.run(
            [self.interpreter, "-c", SHOW_VERSIONS], capture_output=True, text=True, check=True
        )
        return f"{self.python.name}, {done.stdout.strip()}"

    def make(self) -> None:
        """Make its environment, unless it is there and as new as what it is made from.

        Raises NotAvailableError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        constraints, text = self.folder / "constraints.txt", self._constraints()
        constraints.write_text(text)
        words = ("--constraint", str(constraints), *self.requirements, *OF_THE_TESTS, *OURS)
        texts = (text, *(path.read_text() for path in MADE_FROM))
        make(self.environment, self.python, Packages(words, files=texts), cwd=ROOT)

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
        others = {name for required in self.requirements for name in _names(required)}
        lines = CONSTRAINTS.read_text().splitlines()
        return "".join(f"{line}\n" for line in lines if others.isdisjoint(_names(line)))


def _names(requirement: str) -> list[str]:
    """Return the distributions that a requirement names; an extra that is one of its own, too."""
    name = distribution(requirement)
    extra = requirement.partition("[")[2].partition("]")[0]
    return [name, f"{name}-{extra}"] if extra else [name]
