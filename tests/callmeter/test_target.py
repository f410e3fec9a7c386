"""Targets: what is read, and what is refused in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from callmeter.target import Target, is_target, parse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "where", "call", "is_called"),
    [
        ("app.repo:read", "app.repo", "read", False),
        ("app.repo:Repo.read", "app.repo", "Repo.read", False),
        ("app:read(engine, 42)", "app", "read(engine, 42)", True),
        ("app: read({'a': 1}) ", "app", "read({'a': 1})", True),
        ("app:await read(pool)", "app", "await read(pool)", True),
        ("app:Repo(engine).read", "app", "Repo(engine).read", False),
    ],
)
def test_a_target_is_a_module_and_an_expression_in_it(
    text: str, where: str, call: str, is_called: bool
) -> None:
    found = parse(text, "x = 1")
    assert found == Target(where, call, "x = 1")
    assert found.is_called == is_called


def test_a_target_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "my repo: é.py"
    file.touch()
    found = parse(f"{file}:read(a[1:2])")
    assert (found.where, found.call) == (str(file), "read(a[1:2])")


@pytest.mark.parametrize(
    ("text", "setup", "message"),
    [
        ("app.repo", "", "the target 'app.repo' is not package.module:function"),
        ("app.repo:", "", "is not package.module:function"),
        (":read", "", "is not package.module:function"),
        ("", "", "the target '' is not"),
        ("app/repo:read", "", "'app/repo' is no name of a module"),
        ("no/such/file.py:read", "", "there is no file 'no/such/file.py'"),
        ("app:read(", "", r"the call 'read\(' is not Python: '\(' was never closed"),
        ("app:read", "import", "--setup 'import' is not Python: "),
        ("postgresql://me@host/x", "", "is not Python"),
    ],
)
def test_what_is_no_target_is_one_clear_line(text: str, setup: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse(text, setup)
    assert "\n" not in str(caught.value)


def test_a_strategy_is_no_target() -> None:
    words = ("full_orm", "my/way.py", "postgresql://me@host/x", "app:read", "a.py:read", "a:b:c")
    assert [word for word in words if is_target(word)] == ["app:read", "a.py:read", "a:b:c"]


@given(st.text(), st.text())
def test_any_text_is_a_target_or_refused(text: str, setup: str) -> None:
    try:
        found = parse(text, setup)
    except UsageError:
        return
    assert found.compiled_call()
    assert found.compiled_setup()
