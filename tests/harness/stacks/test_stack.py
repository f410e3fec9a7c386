"""Stacks, as they are asked for and as they are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from harness.stacks.environments import Packages
from harness.stacks.stack import Stack, combinations, made

VERSIONS = st.lists(st.integers(0, 9), max_size=3)


@given(st.lists(st.sampled_from(["3.11", "3.12", "3.13"]), max_size=3), VERSIONS, VERSIONS)
def test_stacks_are_all_combinations(pythons: list[str], some: list[int], more: list[int]) -> None:
    words = [f"one=={n}" for n in some] + [f"two[x]=={n}" for n in more]
    found = combinations(pythons, words)
    of_each = [len(set(values)) or 1 for values in (pythons, some, more)]
    assert len(found) == len(set(found)) == of_each[0] * of_each[1] * of_each[2]
    assert {each.python for each in found} == ({*pythons} or {None})
    for each in found:
        names = [requirement.partition("==")[0] for requirement in each.requirements]
        assert names == [name for name, values in (("one", some), ("two[x]", more)) if values]


@pytest.mark.parametrize("word", ["", "-r x", "--index-url=x", "a b", "a==1;x", "a @ ../b", "==2"])
def test_what_is_no_requirement_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="is no requirement; write it as 'sqlalchemy=="):
        combinations([], [word])


@given(st.from_regex(r"[a-zA-Z0-9 =<>~!*.,\[\]_@;-]{0,20}", fullmatch=True))
def test_a_requirement_is_read_or_refused(word: str) -> None:
    try:
        (found,) = combinations([], [word])
    except UsageError:
        return
    assert found.requirements == (word,)
    assert not word.startswith("-")


def test_a_stack_is_named_by_its_versions() -> None:
    stack = Stack("", (("Python", "3.13.0"), ("sqlalchemy", "2.0.58")))
    assert stack.name == "Python 3.13.0, SQLAlchemy 2.0.58"
    assert stack.file == "python3.13.0-sqlalchemy2.0.58"
    again = Stack("", stack.versions, 2)
    assert (again.name, again.file) == (f"{stack.name} (2)", f"{stack.file}-2")
    of_driver = Stack("", stack.versions, driver="psycopg2")
    assert of_driver.name == f"{stack.name}, driver psycopg2"
    assert of_driver.file == f"{stack.file}-psycopg2"


def test_a_driver_makes_a_stack_of_the_same_environment() -> None:
    asked = combinations([], [], ["psycopg", "psycopg2", "psycopg"])
    assert [each.name for each in asked] == [
        "this Python, driver psycopg",
        "this Python, driver psycopg2",
    ]
    found, missing = made([*asked, *asked], lambda words: Packages(tuple(words)), lambda _: None)
    assert not missing
    assert [stack.driver for stack in found] == ["psycopg", "psycopg2"]
    assert len({stack.python for stack in found}) == 1
    assert {stack.number for stack in found} == {1}


def test_a_stack_that_cannot_be_made_names_the_reason_and_the_others_are_made() -> None:
    asked = combinations(["3.99"], ["tabulate==0.9.0"]) + combinations([], [])
    steps: list[str] = []
    found, missing = made(asked, lambda words: Packages(tuple(words)), steps.append)
    assert [stack.python.rpartition("/")[2] for stack in found] == ["python"]
    ((name, why),) = missing
    assert name == "Python 3.99, tabulate==0.9.0"
    assert why.startswith("cannot be made: there is no python3.99")
    assert steps[1] == "making the environment of this Python"
