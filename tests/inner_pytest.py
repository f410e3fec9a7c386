"""A pytest that a test runs beside its own, with the plugin and functions to measure."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

import measured_functions

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "import os, pytest, functions\n"
OPTIONS = ["--strict-markers", "-Werror", "-q"]
NO_WARNING = "-oasyncio_default_fixture_loop_scope=function"
"""pytest-asyncio warns in every session that leaves it open."""
OTHER_PLUGINS = {
    "anyio": "anyio",
    "asyncio": "asyncio",
    "django": "django",
    "hypothesispytest": "hypothesis",
    "memray": "limit_memory",
    "pytest_cov": "--cov",
    "xdist": "-n",
    "xdist.looponfail": "--looponfail",
}
"""Those of other packages, with what a test or its options have that need them.

Importing them takes a second.
"""


class Run(Protocol):
    """Run a test file in a pytest of its own, which has the plugin.

    `shown` are lines that it must print, in this order.
    """

    def __call__(
        self, source: str, *options: str, shown: str = "", **outcomes: int
    ) -> pytest.RunResult: ...


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """A function that runs a test file beside `functions.py`."""
    pytester.makepyfile(functions=Path(measured_functions.__file__).read_text())
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # of the next file of the same name

    def run_file(source: str, *options: str, shown: str = "", **outcomes: int) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + source)
        done = pytester.runpytest_subprocess(*OPTIONS, *others(source, *options), *options)
        if outcomes:
            done.assert_outcomes(**outcomes)
        done.stdout.fnmatch_lines([line for line in shown.splitlines() if line])
        done.stdout.no_fnmatch_line("*INTERNALERROR*")
        return done

    return run_file


def others(*texts: str) -> list[str]:
    """Return the options that leave out the plugins that no text needs."""
    unneeded = [
        name for name, word in OTHER_PLUGINS.items() if not any(word in each for each in texts)
    ]
    is_asyncio = "asyncio" not in unneeded and find_spec("pytest_asyncio")
    return [*(f"-pno:{name}" for name in unneeded), *([NO_WARNING] if is_asyncio else [])]
