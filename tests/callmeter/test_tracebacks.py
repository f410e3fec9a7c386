"""Errors of the user's code: in one line, with the innermost place in it that is his."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from callmeter import loader, tracebacks
from callmeter.target import Target


def raised(folder: Path, code: str) -> BaseException:
    """What the function `read` raises, of a module with that code in that folder."""
    path = folder / "planted_traceback.py"
    path.write_text(code)
    function, _ = loader.load(Target(str(path), "read()"))
    with pytest.raises(BaseException) as caught:  # noqa: PT011 (whatever it raises)
        function()
    return caught.value


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "planted_traceback", raising=False)


def test_the_place_is_the_innermost_of_the_users_own_code(tmp_path: Path) -> None:
    error = raised(
        tmp_path,
        "import json\ndef read():\n    return inner()\n\n"
        "def inner():\n    return json.loads('{')\n",
    )
    assert isinstance(error, json.JSONDecodeError)
    said = tracebacks.one_line(error)
    assert said.startswith("JSONDecodeError: Expecting property name")
    assert said.endswith(" (planted_traceback.py:6)")


@pytest.mark.parametrize(
    ("raising", "said"),
    [
        ("ValueError('one\\ntwo')", "ValueError: one; two"),
        ("ValueError('  one  \\n\\n   two\\n')", "ValueError: one; two"),
        ("ValueError", "ValueError"),
        ("ValueError('')", "ValueError"),
        ("KeyError('payroll')", "KeyError: 'payroll'"),
    ],
)
def test_all_lines_of_a_message_are_one(tmp_path: Path, raising: str, said: str) -> None:
    error = raised(tmp_path, f"def read():\n    raise {raising}\n")
    assert tracebacks.one_line(error) == f"{said} (planted_traceback.py:2)"


def test_an_error_of_no_users_code_has_no_place() -> None:
    assert tracebacks.one_line(ValueError("made, not raised")) == "ValueError: made, not raised"


def test_the_traceback_is_pythons_without_our_frames(tmp_path: Path) -> None:
    error = raised(tmp_path, "def read():\n    raise ValueError('no')\n")
    said = tracebacks.of_user(error)
    assert said.startswith("Traceback (most recent call last):\n")
    assert said.endswith("\nValueError: no")
    assert 'planted_traceback.py", line 2, in read' in said
    assert str(Path(tracebacks.__file__).parent) not in said


def test_what_caused_the_error_is_in_the_traceback(tmp_path: Path) -> None:
    error = raised(
        tmp_path,
        "def read():\n    try:\n        1 / 0\n    except ArithmeticError as error:\n"
        "        raise ValueError('no') from error\n",
    )
    said = tracebacks.of_user(error)
    assert "ZeroDivisionError: division by zero" in said
    assert "direct cause" in said
    assert tracebacks.one_line(error) == "ValueError: no (planted_traceback.py:5)"


def test_who_makes_calls_may_say_that_its_code_is_not_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = raised(tmp_path, "def read():\n    raise ValueError('no')\n")
    monkeypatch.setattr(tracebacks, "not_users", {str(tmp_path)})
    said = tracebacks.one_line(error)
    assert "planted_traceback.py" not in said
