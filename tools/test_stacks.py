"""Run the tests of strategies, callmeter and its meters on many stacks; a line for each at the end.

A stack is one of Python 3.11 to 3.14 with SQLAlchemy 2.0 or 2.1. The oldest Python with 2.0 also
has the oldest SQLAlchemy and psycopg that pyproject.toml allows; the others have the newest 2.0, or
what constraints.txt pins. A Python that this machine does not have is named and left out.

Exit codes: 1 if tests failed, or if no stack could be tested; 2 for a --python that is none.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from time import monotonic
from typing import TYPE_CHECKING

from callmeter.errors import NotAvailableError, UsageError
from harness.stacks.interpreters import found
from tools.stack import ROOT, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from callmeter.interpreter import Interpreter
    from harness.stacks.interpreters import Minor

PYTHONS: list[Minor] = [(3, 11), (3, 12), (3, 13), (3, 14)]
SQLALCHEMYS = ("2.0", "2.1")
COVERING = [*zip(PYTHONS, SQLALCHEMYS * 2, strict=True)]
"""Each Python once, each SQLAlchemy twice."""
VARIABLE = "STACK_PYTHONS"
"""The environment variable that names Pythons too, as PATH names folders."""

TESTS = (
    "tests/strategies",
    "tests/callmeter",
    # what needs other packages than a stack's, or is the same on each and takes long
    "--ignore=tests/callmeter/test_equality_django.py",
    *(
        f"--ignore=tests/callmeter/plugin/test_{name}.py"
        for name in ("async", "limits", "readme", "report", "startup")
    ),
)
QUICK = (
    *TESTS,
    "--ignore=tests/callmeter/plugin",
    "--ignore=tests/callmeter/test_interpreter.py",
    "--ignore=tests/callmeter/test_normalize.py",
    "--ignore=tests/callmeter/test_worker_pool.py",
)
"""What is tested with --covering."""
OF_PACKAGES = (
    "tests/strategies",
    *(
        f"tests/callmeter/test_{name}.py"
        for name in ("census", "driver_values", "equality_sqlalchemy", "explanation")
    ),
)
"""What is tested with --covering on this Python: `make test` has tested the rest of it."""


def main() -> int:
    """Test the stacks, print the lines, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make test-stacks", description=__doc__)
    parser.add_argument(
        "--covering",
        action="store_true",
        help="each Python with one SQLAlchemy, and the tests that depend most on them; on this "
        "Python, those that depend on packages",
    )
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help=f"another Python to use; may be repeated. Or in {VARIABLE}, with colons between",
    )
    asked = parser.parse_args()
    named = [*asked.python, *filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))]
    try:
        pythons = found(PYTHONS, named)
    except UsageError as error:
        parser.error(str(error))
    wanted = COVERING if asked.covering else list(product(PYTHONS, SQLALCHEMYS))
    pool = ThreadPoolExecutor(1)  # an environment is made while another one is tested
    stacks = [stack(pythons[minor], which) for minor, which in wanted if minor in pythons]
    made = [pool.submit(one.make) for one in stacks]
    try:
        results = [
            tested(one, environment, is_covering=asked.covering)
            for one, environment in zip(stacks, made, strict=True)
        ]
    finally:
        pool.shutdown(cancel_futures=True)
    print("\n".join([*(line for _, line in results), *missing(pythons)]))
    codes = {code for code, _ in results}
    return 0 if 0 in codes and 1 not in codes else 1


def tests_on(minor: Minor) -> tuple[str, ...]:
    """Return what is tested on that Python with --covering."""
    return OF_PACKAGES if minor == sys.version_info[:2] else QUICK


def stack(python: Interpreter, sqlalchemy: str) -> Stack:
    """Return the stack of that Python and SQLAlchemy."""
    if (python.version[:2], sqlalchemy) == COVERING[0]:
        return Stack(python, sqlalchemy, tuple(lowest("sqlalchemy", "psycopg[binary]")))
    return Stack(python, sqlalchemy, (f"sqlalchemy=={sqlalchemy}.*",) * (sqlalchemy == "2.0"))


def lowest(*names: str) -> Iterator[str]:
    """Yield the lowest version of each that pyproject.toml allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in project["dependencies"]:
        name, _, bounds = requirement.partition(">=")
        if name in names:
            yield f"{name}=={re.split('[,;]', bounds)[0]}"


def tested(one: Stack, made: Future[None], *, is_covering: bool) -> tuple[int | None, str]:
    """Return 0 or 1 if its tests passed or failed, None if it cannot be made; and its line."""
    began = monotonic()
    try:
        made.result()
    except NotAvailableError as error:
        return None, f"{one.python.name}, SQLAlchemy {one.sqlalchemy}: cannot be made: {error}"
    waited = monotonic() - began
    is_good, closing = one.test(tests_on(one.python.version[:2]) if is_covering else TESTS)
    line = f"{one.versions}: {closing} (waited {waited:.0f}s for its environment)"
    print(line, flush=True)
    if not is_good:
        print(*one.failures(), f"all of it: {one.output}", sep="\n", flush=True)
    return (0 if is_good else 1), f"{line}{'' if is_good else ' FAILED'}"


def missing(pythons: dict[Minor, Interpreter]) -> list[str]:
    """Return a line for each Python that is not there."""
    return [
        f"Python {major}.{minor}: not found on PATH or below pyenv; name it with --python"
        for major, minor in PYTHONS
        if (major, minor) not in pythons
    ]


if __name__ == "__main__":
    sys.exit(main())
