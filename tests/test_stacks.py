"""The stacks that `make test-stacks` makes: which Pythons it finds, and what it installs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.interpreters import Interpreter, found
from tools.stack import CONSTRAINTS, ROOT, Stack
from tools.test_stacks import COVERING, PYTHONS, QUICK, SQLALCHEMYS, missing, stack

HERE = sys.version_info[:2]
OLDEST = Interpreter(Path("python3.11"), (3, 11, 7))


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for PATH and pyenv, in which no Python is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_a_python_is_found_by_name_on_the_path_and_below_pyenv(nowhere: Path) -> None:
    assert found([HERE], []) == {}
    installed = nowhere / "pyenv" / "versions" / "any" / "bin" / "python{}.{}".format(*HERE)
    installed.parent.mkdir(parents=True)
    installed.symlink_to(sys.executable)
    assert found([HERE], [])[HERE].path == installed
    on_path = nowhere / installed.name
    on_path.symlink_to(sys.executable)
    assert found([HERE], [])[HERE].path == on_path
    named = found([HERE], [sys.executable])[HERE]
    assert named == (Path(sys.executable), sys.version_info[:3])


def test_what_does_not_answer_as_a_python_is_none(nowhere: Path) -> None:
    shim = nowhere / "python{}.{}".format(*HERE)
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert found([HERE], []) == {}
    with pytest.raises(ValueError, match=r"is no CPython; name its program"):
        found([HERE], [str(shim)])


def test_a_missing_python_is_named() -> None:
    (line,) = missing(dict.fromkeys(PYTHONS[1:], OLDEST))
    assert line.startswith("Python 3.11: not found")


def test_a_covering_selection_has_every_python_and_every_sqlalchemy() -> None:
    assert [minor for minor, _ in COVERING] == PYTHONS
    assert {sqlalchemy for _, sqlalchemy in COVERING} == {*SQLALCHEMYS}


def test_the_oldest_stack_has_the_lowest_versions_that_are_allowed() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    for requirement in stack(OLDEST, "2.0").requirements:
        assert f'"{requirement.replace("==", ">=")}' in project
    assert len(stack(OLDEST, "2.0").requirements) == 2
    assert stack(OLDEST, "2.1").requirements == ()


def test_what_a_stack_has_in_another_version_is_not_pinned() -> None:
    pins = CONSTRAINTS.read_text().lower().splitlines()
    left = Stack(OLDEST, "2.0", ("sqlalchemy==2.0.30", "psycopg[binary]==3.1"))._constraints()
    gone = {line.partition("==")[0] for line in {*pins} - {*left.lower().splitlines()}}
    assert gone == {"sqlalchemy", "psycopg", "psycopg-binary"}


def test_the_tests_are_there() -> None:
    for each in QUICK:
        path, _, test = each.rpartition("=")[2].partition("::")
        assert (ROOT / path).exists(), path
        assert (ROOT / path).is_dir() or f"def {test}" in (ROOT / path).read_text(), test
