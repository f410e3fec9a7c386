"""The CPythons of this machine, as a command line names them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import NotAvailableError, UsageError
from harness.stacks.interpreters import named

if TYPE_CHECKING:
    from pathlib import Path

THIS = sys.version_info[:3]


@pytest.mark.parametrize("word", [None, sys.executable])
def test_a_python_is_this_one_or_one_at_a_path(word: str | None) -> None:
    assert named(word).version == THIS
    assert named(word).name == f"Python {'.'.join(map(str, THIS))}"


def test_a_python_of_a_minor_version_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = f"{THIS[0]}.{THIS[1]}"
    link = tmp_path / f"python{word}"
    link.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert named(word).path == link


def test_a_version_that_is_not_here_is_not_available() -> None:
    with pytest.raises(NotAvailableError, match=r"there is no python3\.99 on PATH or below pyenv"):
        named("3.99")


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("3.9", "--python 3.9 is too old; 3.11 or newer is needed"),
        ("/nowhere/python", "--python /nowhere/python is no CPython"),
        ("/bin/true", "--python /bin/true is no CPython"),
        ("3.12.x", "or a version, as 3.12"),
    ],
)
def test_what_is_no_python_is_refused(word: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        named(word)
    assert complaint in str(refused.value)
