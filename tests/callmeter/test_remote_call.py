"""A call for another process: the same function there, or none."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import TargetError
from callmeter.remote_call import dump, dump_exception, load_exception, make_call

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_call_arrives_with_its_arguments_and_is_read_to_its_end() -> None:
    arguments = json.dumps(dump(json.dumps, [{"b": 1, "a": 2}], {"sort_keys": True}))
    assert make_call(**json.loads(arguments)).function() == '{"a": 2, "b": 1}'
    assert make_call(**dump(map, [str, (1, 2)])).function() == ["1", "2"]


def test_modules_are_found_where_the_sender_found_them_first(tmp_path: Path) -> None:
    sys.path.append(str(tmp_path / "of the receiver"))
    make_call(**dump(len, ["abc"]) | {"path": [str(tmp_path)]})
    assert (sys.path[0], sys.path[-1]) == (str(tmp_path), str(tmp_path / "of the receiver"))


def test_another_function_of_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    original = json.dumps
    with pytest.raises(TargetError, match="finds dumps in another file"):
        make_call(**dump(json.dumps) | {"file": "conftest.py"})
    monkeypatch.setattr(json, "dumps", print)
    with pytest.raises(TargetError, match="dumps is not found by its name"):
        dump(original)


def test_an_argument_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(TargetError, match=r"of type builtins\.generator cannot be sent"):
        dump(len, [(letter for letter in "abc")])


def test_an_exception_comes_back_or_nothing() -> None:
    error = load_exception(dump_exception(KeyError("payroll")))
    assert isinstance(error, KeyError)
    assert "In the fresh process" in error.__notes__[0]
    assert load_exception(None) is None
    assert load_exception("bm8gcGlja2xl") is None
    assert dump_exception(type("LocalError", (Exception,), {})()) is None
