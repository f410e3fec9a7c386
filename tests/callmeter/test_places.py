"""Errors of the user's code: in one line, with the innermost place in it that is his."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from callmeter import loader, places
from callmeter.call import Loop
from callmeter.target import Target


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "planted_traceback", raising=False)


def raised(folder: Path, code: str) -> BaseException:
    """Return what the function `read` raises, of a module with that code."""
    path = folder / "planted_traceback.py"
    path.write_text(code)
    function, _ = loader.load(Target(str(path), "read()"), Loop())
    with pytest.raises(BaseException) as caught:  # noqa: PT011 (whatever it raises)
        function()
    return caught.value


@pytest.mark.parametrize(
    ("raising", "line"),
    [
        ("raise ValueError('one\\ntwo')", "ValueError: one; two"),
        ("raise ValueError('  one  \\n\\n   two\\n')", "ValueError: one; two"),
        ("raise ValueError", "ValueError"),
        ("raise ValueError('')", "ValueError"),
        ("raise KeyError('payroll')", "KeyError: 'payroll'"),
        ("import json; json.loads('{')", "JSONDecodeError: Expecting property name*"),
    ],
)
def test_all_lines_of_a_message_are_one_and_the_place_is_the_users(
    tmp_path: Path, raising: str, line: str
) -> None:
    found = places.one_line(raised(tmp_path, f"def read():\n    {raising}\n"))
    message, _, place = found.rpartition(" ")
    assert place == "(planted_traceback.py:2)"
    assert message.startswith(line[:-1]) if line.endswith("*") else message == line


def test_the_traceback_is_pythons_without_our_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = raised(
        tmp_path,
        "def read():\n    try:\n        1 / 0\n    except ArithmeticError as error:\n"
        "        raise ValueError('no') from error\n",
    )
    trace = places.traceback_of(error)
    assert trace.startswith("Traceback (most recent call last):\n")
    assert trace.endswith("\nValueError: no")
    assert "ZeroDivisionError: division by zero" in trace
    assert "direct cause" in trace
    assert 'planted_traceback.py", line 5, in read' in trace
    assert str(Path(places.__file__).parent) not in trace
    assert places.one_line(error) == "ValueError: no (planted_traceback.py:5)"
    # a factory of somebody else's is not the user's code
    monkeypatch.setattr(places, "not_users", {str(tmp_path)})
    assert "planted_traceback.py" not in places.one_line(error)


def test_an_error_of_no_users_code_has_no_place() -> None:
    assert places.one_line(ValueError("made, not raised")) == "ValueError: made, not raised"
