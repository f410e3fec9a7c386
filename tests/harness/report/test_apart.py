"""A function in a process of its own: its text comes back, and so does what went wrong."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from callmeter.errors import NotAvailableError
from harness.report.apart import apart


@pytest.fixture(autouse=True)
def _functions(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that only this process's path leads to, in a folder with an odd name."""
    folder = tmp_path_factory.mktemp("a:b;c")
    (folder / "called_apart.py").write_text(FUNCTIONS)
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])


FUNCTIONS = """
import os, signal

def doubled(text):
    return text * 2

def process():
    return str(os.getpid())

def missing():
    import no_such_package

def large():
    raise MemoryError

def killed():
    os.kill(os.getpid(), signal.SIGKILL)

def broken():
    raise ValueError("a bug of ours")
"""


@pytest.mark.parametrize("text", ["", "two\nlines\r\n", "\udcff \N{SNOWMAN}", "x" * 10**6])
def test_a_text_comes_back_as_it_is(text: str) -> None:
    assert apart("called_apart:doubled", text) == text * 2


def test_it_is_another_process() -> None:
    assert int(apart("called_apart:process")) != os.getpid()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "it cannot be drawn: No module named 'no_such_package'"),
        ("large", "it cannot be drawn: out of memory"),
        (
            "killed",
            f"what was to draw it was ended by signal {signal.SIGKILL.value}; out of memory?",
        ),
    ],
)
def test_what_it_lacks_is_one_line(name: str, reason: str) -> None:
    with pytest.raises(NotAvailableError) as caught:
        apart(f"called_apart:{name}")
    assert str(caught.value) == reason


def test_any_other_error_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="ValueError: a bug of ours"):
        apart("called_apart:broken")
