"""A call for another process: the same function there, or none."""

from __future__ import annotations

import json
import sys

import msgspec
import pytest
from callmeter.loader import TargetError
from callmeter.remote_call import pack, received, send, unpack


@pytest.fixture(autouse=True)
def _same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_call_arrives_with_its_arguments() -> None:
    sent = msgspec.json.encode(send(json.dumps, [{"b": 1, "a": 2}], {"sort_keys": True}))
    assert received(msgspec.json.decode(sent, type=type(send(len))))() == '{"a": 2, "b": 1}'


def test_a_function_of_the_same_name_in_another_file_is_not_it() -> None:
    sent = msgspec.structs.replace(send(json.dumps), file="conftest.py")
    with pytest.raises(TargetError, match="finds dumps in another file"):
        received(sent)


def test_a_patched_function_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    original = json.dumps
    monkeypatch.setattr(json, "dumps", print)
    with pytest.raises(TargetError, match="dumps is not found by its name"):
        send(original)


def test_an_exception_comes_back_or_nothing() -> None:
    error = unpack(pack(KeyError("payroll")))
    assert isinstance(error, KeyError)
    assert "In the fresh process" in error.__notes__[0]
    assert unpack(None) is None
    assert unpack(b"no pickle") is None
    assert pack(type("LocalError", (Exception,), {})()) is None
