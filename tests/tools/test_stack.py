"""The stacks that `make test-stacks` makes: what it installs, and which Pythons it misses."""

from __future__ import annotations

from callmeter.interpreter import Interpreter
from tools.stack import ROOT
from tools.test_stacks import COVERING, OF_PACKAGES, PYTHONS, QUICK, SQLALCHEMYS, missing, stack

OLDEST = Interpreter("python3.11", (3, 11, 7), "CPython", "cpython-311", {})


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


def test_the_tests_are_there() -> None:
    for each in (*QUICK, *OF_PACKAGES):
        path, _, test = each.rpartition("=")[2].partition("::")
        assert (ROOT / path).exists(), path
        assert (ROOT / path).is_dir() or f"def {test}" in (ROOT / path).read_text(), test
