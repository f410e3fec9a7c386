"""A stack: a Python with packages in versions of the user's choice, as asked for and as made.

Of strategies it may name the driver that they read through, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import NotAvailableError, UsageError
from callmeter.interpreter import inspect_interpreter
from harness.stacks.environments import cached, distribution
from harness.stacks.interpreters import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from harness.stacks.environments import Packages

REQUIREMENT = re.compile(
    r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(\[[a-z0-9._, -]*\])?\s*(([=<>~!]=|[<>])\s*[^\s;@-][^\s;@]*)?",
    re.IGNORECASE,
)
TITLES = {"sqlalchemy": "SQLAlchemy", "django": "Django"}


class Wanted(NamedTuple):
    """A stack that is asked for: a version or path of a Python, requirements, and a driver.

    The Python is this one where it is None; the driver, that of each strategy.
    """

    python: str | None
    requirements: tuple[str, ...]
    driver: str | None = None

    @property
    def name(self) -> str:
        """`Python 3.14, sqlalchemy==2.0.*`."""
        python = "this Python" if self.python is None else f"Python {self.python}"
        return ", ".join([python, *self.requirements, *_driver(self.driver)])


@dataclass(frozen=True)
class Stack:
    """A stack that was made: the path of its Python, the versions that name it, the driver."""

    python: str
    versions: tuple[tuple[str, str], ...]
    number: int = 1
    """Of those with the same versions and the same driver."""
    driver: str | None = None

    @property
    def name(self) -> str:
        """`Python 3.13.0, SQLAlchemy 2.0.58`."""
        words = (f"{TITLES.get(what, what)} {version}" for what, version in self.versions)
        again = f" ({self.number})" if self.number > 1 else ""
        return ", ".join([*words, *_driver(self.driver)]) + again

    @property
    def packages(self) -> tuple[tuple[str, str], ...]:
        """The versions but for the Python's."""
        return self.versions[1:]

    @property
    def file(self) -> str:
        """`python3.13.0-sqlalchemy2.0.58`, as its files begin."""
        words = [f"{what.lower()}{version}" for what, version in self.versions]
        words += [self.driver] if self.driver else []
        again = f"-{self.number}" if self.number > 1 else ""
        return "-".join(words) + again


class NotMade(NamedTuple):
    """A stack that cannot be made or measured, and why."""

    name: str
    why: str


def combinations(
    pythons: Sequence[str], requirements: Iterable[str], drivers: Iterable[str] = ()
) -> list[Wanted]:
    """Return all stacks of a Python, one requirement of each distribution, and a driver.

    Raises UsageError for what is no requirement.
    """
    choices: dict[str, dict[str, None]] = {}
    for requirement in requirements:
        if not REQUIREMENT.fullmatch(requirement):
            raise UsageError(
                f"--with {requirement!r} is no requirement; write it as 'sqlalchemy==2.0.*'"
            )
        choices.setdefault(distribution(requirement), {})[requirement] = None
    versions = list(product(*choices.values()))
    return [
        Wanted(python, chosen, driver)
        for python in (dict.fromkeys(pythons) or [None])
        for chosen in versions
        for driver in (dict.fromkeys(drivers) or [None])
    ]


def made(
    wanted: Iterable[Wanted],
    packages: Callable[[Sequence[str]], Packages],
    progress: Callable[[str], None],
    *,
    fresh: bool = False,
) -> tuple[list[Stack], list[NotMade]]:
    """Return the stacks, each with its environment, and those that cannot be made.

    Raises UsageError for a word that is no Python.
    """
    found: list[Stack] = []
    missing = []
    interpreter_of = cache(named)  # each Python is asked once what it is
    for each in wanted:
        progress(f"making the environment of {each.name}")
        try:
            interpreter = interpreter_of(each.python)
            path = cached(interpreter, packages(each.requirements), fresh=fresh)
            stack = _stack(str(path), each)
        except NotAvailableError as error:
            missing.append(NotMade(each.name, f"cannot be made: {error}"))
            continue
        alike = [
            other
            for other in found
            if (other.versions, other.driver) == (stack.versions, stack.driver)
        ]
        if stack.python not in {other.python for other in alike}:
            found.append(replace(stack, number=len(alike) + 1))
    return found, missing


def _stack(path: str, wanted: Wanted) -> Stack:
    made = inspect_interpreter(path)
    names = [distribution(requirement) for requirement in wanted.requirements]
    versions = [(name, made.packages.get(name, "unknown")) for name in names]
    python = ("Python", ".".join(map(str, made.version)))
    return Stack(path, (python, *versions), driver=wanted.driver)


def _driver(name: str | None) -> list[str]:
    return [f"driver {name}"] if name else []
