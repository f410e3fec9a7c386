"""What the environment of a stack has: what strategies need, or what a user's functions do."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING

from callmeter.errors import UsageError
from harness.stacks.environments import Packages, distribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OF_EVERY_STRATEGY = {"sqlalchemy": "sqlalchemy", "psycopg": "psycopg[binary]"}
"""What all strategies need: the distributions, and what is installed of them."""
OF_SOME = (
    *("greenlet", "msgspec", "pydantic", "asyncpg", "psycopg2-binary"),
    *("pyarrow", "adbc-driver-postgresql"),
)
OF_THE_METERS = ("memray",)
NESTED = ("-r", "--requirement", "-c", "--constraint")
COMMENT = re.compile(r"(^|\s)#.*")


def of_strategies(requirements: Sequence[str]) -> Packages:
    """Return the packages of strategies: in the versions of this installation, but for those."""
    named = {distribution(each) for each in requirements}
    needed = [
        f"{what}=={metadata.version(name)}" if name not in named else what
        for name, what in OF_EVERY_STRATEGY.items()
    ]
    wanted = [name for name in (*OF_SOME, *OF_THE_METERS) if name not in named]
    return Packages((*requirements, *needed), tuple(_pinned(wanted)))


def of_functions(requirements: Sequence[str], file: Path | None) -> Packages:
    """Return the packages of a user's functions: those, those of the file, and memray.

    Raises UsageError for a file that cannot be read.
    """
    of_file = ("--requirement", str(file.absolute())) if file else ()
    texts = tuple(_texts(file, set())) if file else ()
    return Packages((*requirements, *of_file), tuple(_pinned(OF_THE_METERS)), texts)


def _pinned(names: Sequence[str]) -> Iterator[str]:
    """Yield the requirement of each that is installed, in its version."""
    for name in names:
        try:
            yield f"{name}=={metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue


def _texts(file: Path, read: set[Path]) -> Iterator[str]:
    """Yield the text of a file of requirements, and of those that it refers to."""
    if file.resolve() in read:
        return
    read.add(file.resolve())
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"--requirements {file} cannot be read: {reason}") from error
    yield text
    for line in text.splitlines():
        words = COMMENT.sub("", line).strip()
        option, _, other = words.replace("=", " ", 1).partition(" ")
        if option in NESTED and "://" not in other:
            yield from _texts(file.parent / other.strip(), read)
