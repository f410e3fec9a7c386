"""What a run records of its machine: versions and sizes, nothing private."""

from __future__ import annotations

import getpass
import platform
from pathlib import Path

import pytest

from callmeter.interpreter import inspect_interpreter
from harness.base import distribution
from harness.runner import environment
from harness.runner.environment import describe


def test_it_has_what_the_numbers_depend_on() -> None:
    found = describe("PostgreSQL 18.4 (embedded)", inspect_interpreter())
    for what in ("python", "sqlalchemy", "psycopg", "libpq", "server", "cores", "memory", "commit"):
        assert found[what]
    assert found["server"] == "PostgreSQL 18.4 (embedded)"
    assert found["libpq"].split(".")[0].isdigit()


def test_it_has_no_path_and_no_host() -> None:
    text = " ".join(describe("PostgreSQL 18.4 (embedded)", inspect_interpreter()).values())
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    assert not platform.node() or platform.node() not in text.split()
    assert f"/{getpass.getuser()}" not in text


def test_the_commit_of_an_unpacked_archive_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "HARNESS", tmp_path / "harness")
    assert environment.commit() == f"release {distribution.version()}"
    monkeypatch.setattr(distribution, "NAME", "a-distribution-that-is-not-installed")
    assert environment.commit() == "unknown"
