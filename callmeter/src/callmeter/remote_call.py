"""A call sent to another process: the function, its arguments, and what it raised there.

It is pickled: a function goes by the name of its module and its own, and pickle makes sure that
this name leads to this function; an argument goes as a copy.
"""

from __future__ import annotations

import pickle
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from callmeter.call import Call, Loop, name_of, own_code, reading
from callmeter.errors import TargetError
from callmeter.places import traceback_of


def dump(
    function: Callable[..., Any], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the arguments with which `make_call`, in another process, makes this call.

    With the pickled function go where modules are found, and where its own was. Only for the same
    user's processes on the same machine: to unpickle is to run code. Raises TargetError, which says
    why it cannot be sent.
    """
    try:
        pickled = pickle.dumps((function, args, kwargs or {}))
    except Exception as error:  # pickle raises whatever an object's own way to be pickled does
        why = _why_not(function, [*args, *(kwargs or {}).values()])
        raise TargetError(why) from error
    path = [str(entry) for entry in sys.path]
    return {"pickled": b64encode(pickled).decode(), "path": path, "file": _file_of(function)}


def make_call(pickled: str, path: list[str], file: str | None = None) -> Call:
    """Return the call that was sent; raises TargetError if this process cannot make it."""
    sys.path[:] = [*path, *(entry for entry in sys.path if entry not in path)]
    try:
        function, args, kwargs = pickle.loads(b64decode(pickled))  # noqa: S301 - our own parent's
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise TargetError(f"a fresh process does not find it ({reason})") from error
    if file and _file_of(function) != file:  # of two conftest.py, say
        raise TargetError(f"a fresh process finds {name_of(function)} in another file")
    loop = Loop()
    read = reading(partial(function, *args, **kwargs), loop)
    return Call(read, own=own_code(getattr(function, "__module__", None)), loop=loop)


def dump_exception(error: Exception) -> str | None:
    """Return an exception with its traceback as a note, pickled; None if that cannot be."""
    error.add_note(f"In the fresh process:\n{traceback_of(error)}")
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)  # noqa: S301 - made above; some fail only here
    except Exception:
        return None
    return b64encode(packed).decode()


def load_exception(packed: str | None) -> Exception | None:
    """Return the exception that our own child dumped; None for none, or one unknown here."""
    try:
        error = pickle.loads(b64decode(packed)) if packed else None  # noqa: S301 - our own child's
    except Exception:
        return None
    return error if isinstance(error, Exception) else None


def _why_not(function: Callable[..., Any], arguments: Sequence[Any]) -> str:
    if not _is_picklable(function):
        return f"{name_of(function)} is not found by its name in a module"
    kind = next((type(value) for value in arguments if not _is_picklable(value)), object)
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
