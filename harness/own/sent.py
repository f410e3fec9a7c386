"""A call sent to another process: the function, its arguments, and what it raised there.

As pickle does it: a function goes by the name of its module and its own, and pickle makes sure
that this name leads to this function; an argument goes as a copy.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import TYPE_CHECKING, Any

import msgspec

from harness.own.calling import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HARNESS = f"{Path(__file__).parents[1]}{os.sep}"


class Sent(msgspec.Struct, frozen=True):
    """A function with its arguments, pickled; where its process finds modules, and found its own.

    Only for the same user's processes on the same machine: to unpickle is to run code.
    """

    call: bytes
    path: list[str]
    file: str | None = None


def send(
    function: Callable[..., Any], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
) -> Sent:
    """Give the call as another process can make it; raises TargetError, saying why it cannot."""
    try:
        call = pickle.dumps((function, args, kwargs or {}))
    except Exception as error:  # pickle raises whatever an object's own way to be pickled does
        why = _why_not(function, [*args, *(kwargs or {}).values()])
        raise TargetError(why) from error
    return Sent(call, [str(each) for each in sys.path], _file_of(function))


def received(sent: Sent) -> Callable[[], Any]:
    """Give the call that was sent; raises TargetError if this process cannot make it."""
    sys.path[:] = sent.path
    try:
        function, args, kwargs = pickle.loads(sent.call)  # noqa: S301 - sent by our own parent
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}"
        raise TargetError(f"a fresh one does not find it ({said})") from error
    if _file_of(function) != sent.file:  # of two conftest.py, say
        raise TargetError(f"a fresh one finds {_name(function)} in another file")
    return lambda: function(*args, **kwargs)


def pack(error: Exception) -> bytes | None:
    """Give an exception with its traceback as a note, pickled; None if that cannot be."""
    told = TracebackException.from_exception(error)
    theirs = [frame for frame in told.stack if not frame.filename.startswith(HARNESS)]
    told.stack = StackSummary.from_list(theirs)
    error.add_note("In the fresh process:\n" + "".join(told.format()).rstrip())
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)  # noqa: S301 - made above; some fail only here
    except Exception:
        return None
    return packed


def unpack(packed: bytes | None) -> Exception | None:
    """Give the exception that our own child packed; None for none, or one unknown here."""
    try:
        error = pickle.loads(packed) if packed else None  # noqa: S301 - packed by our own child
    except Exception:
        return None
    return error if isinstance(error, Exception) else None


def _why_not(function: Callable[..., Any], arguments: Sequence[Any]) -> str:
    if not _is_picklable(function):
        return f"{_name(function)} is not found by its name in a module"
    kinds = (type(each) for each in arguments if not _is_picklable(each))
    kind = next(kinds, object)
    return f"an argument of type {kind.__module__}.{kind.__qualname__} cannot be sent to another"


def _is_picklable(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _file_of(function: Callable[..., Any]) -> str | None:
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    return getattr(module, "__file__", None)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", None) or repr(function)
