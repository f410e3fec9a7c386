"""The CPythons of this machine, as a command line names them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from callmeter.errors import NotAvailableError, UsageError
from harness.postgres import accounts
from harness.stacks.interpreters import named

THIS = sys.version_info[:3]


@pytest.mark.parametrize("word", [None, sys.executable])
def test_a_python_is_this_one_or_one_at_a_path(word: str | None) -> None:
    assert named(word).version == THIS
    assert Path(named(word).path).samefile(sys.executable)


def test_a_python_of_a_minor_version_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = f"{THIS[0]}.{THIS[1]}"
    link = tmp_path / f"python{word}"
    link.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert named(word).path == str(link)
    assert named(link.name).path == str(link)


def test_a_user_without_a_home_finds_what_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = f"{THIS[0]}.{THIS[1]}"
    (tmp_path / f"python{word}").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: accounts.UNUSED[0])
    assert named(word).version == THIS


def test_a_version_that_is_not_here_is_not_available() -> None:
    with pytest.raises(NotAvailableError, match=r"there is no python3\.99 on PATH or below pyenv"):
        named("3.99")


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("3.9", "--python 3.9 is too old; 3.11 or newer is needed"),
        ("/nowhere/python", "--python /nowhere/python is no program; or name a version, as 3.12"),
        ("/bin/true", "--python /bin/true does not answer as a Python does"),
        ("3.12.x", "--python 3.12.x is no program; or name a version, as 3.12"),
    ],
)
def test_what_is_no_python_is_refused(word: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        named(word)
    assert complaint in str(refused.value)
