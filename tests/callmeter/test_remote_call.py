"""A call for another process: the same function there, or none."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from callmeter.errors import TargetError
from callmeter.remote_call import dump, dump_exception, load_exception, make_call


@pytest.fixture(autouse=True)
def _same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_call_arrives_with_its_arguments() -> None:
    arguments = json.dumps(dump(json.dumps, [{"b": 1, "a": 2}], {"sort_keys": True}))
    assert make_call(**json.loads(arguments)).function() == '{"a": 2, "b": 1}'


def test_what_it_gives_is_read_to_its_end() -> None:
    call = make_call(**dump(map, [str, (1, 2)]))
    assert call.function() == ["1", "2"]


def test_modules_are_found_where_they_were_and_then_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "of_here").mkdir()
    sys.path.append(str(tmp_path / "of_here"))
    arguments = dump(len, ["abc"]) | {"path": [str(tmp_path)]}
    make_call(**arguments)
    assert sys.path[0] == str(tmp_path)
    assert sys.path[-1] == str(tmp_path / "of_here")


def test_a_function_of_the_same_name_in_another_file_is_not_it() -> None:
    arguments = dump(json.dumps) | {"file": "conftest.py"}
    with pytest.raises(TargetError, match="finds dumps in another file"):
        make_call(**arguments)


def test_a_patched_function_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    original = json.dumps
    monkeypatch.setattr(json, "dumps", print)
    with pytest.raises(TargetError, match="dumps is not found by its name"):
        dump(original)


def test_an_argument_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(TargetError, match=r"of type builtins\.generator cannot be sent"):
        dump(len, [(each for each in "abc")])


def test_an_exception_comes_back_or_nothing() -> None:
    error = load_exception(dump_exception(KeyError("payroll")))
    assert isinstance(error, KeyError)
    assert "In the fresh process" in error.__notes__[0]
    assert load_exception(None) is None
    assert load_exception("bm8gcGlja2xl") is None
    assert dump_exception(type("LocalError", (Exception,), {})()) is None
