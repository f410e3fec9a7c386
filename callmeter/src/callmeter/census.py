"""A census of what a result holds: how many objects of each type, and how many distinct values.

Walks from the result over everything that it refers to, the objects in arrays and columns too. What
exists once and for all does not count: types, modules, functions, enum members, None, small
integers. Of what lies in native memory it counts what its library knows without reading it: the
buffers of numpy, pandas and pyarrow, and the estimate of polars. No library is imported for it, and
no method of a user's class is called.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import chain
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType
from typing import Any, NamedTuple
from uuid import UUID

SINGLETONS = (type, ModuleType, FunctionType, BuiltinFunctionType, Enum, NoneType, bool)
VALUES = (UUID, Decimal, datetime, date, time, timedelta, str, bytes, int, float)
SMALL_INTS = range(-5, 257)  # CPython makes each of them once
SAMPLE = 64
WORD = 8
COLLECTED = sys.getsizeof([]) - [].__sizeof__()
"""Bytes that the garbage collector keeps beside an object."""
HEAP_TYPE = 1 << 9  # of a class made in Python; CPython's Include/object.h


class Kind(NamedTuple):
    """The objects of one type.

    `bytes` includes what each of them alone owns; `distinct` and `saving` (the bytes that go if
    equal values become one object) are None for types that are not values.
    """

    type: str
    objects: int
    bytes: int
    distinct: int | None
    saving: int | None


def census(result: object, older: Iterable[object] = ()) -> list[Kind]:
    """Return how many objects of each type the result holds, most bytes first.

    `older` objects, such as a mapper that an instance refers to, do not count, and neither does
    what only they refer to. The caller holds them, so that no new object has the place of one.
    """
    found: defaultdict[type, list[Any]] = defaultdict(list)
    for each in _reachable(result, {*map(id, older), id(result)}):
        found[type(each)].append(each)
    kinds = [_kind(cls, objects) for cls, objects in found.items()]
    return sorted(kinds, key=lambda kind: -kind.bytes)


def _reachable(result: object, seen: set[int]) -> Iterator[object]:
    waiting = [result]
    while waiting:
        each = waiting.pop()
        yield each
        if issubclass(type(each), VALUES):  # isinstance would wake a lazy object
            continue
        for referent in chain(gc.get_referents(each), _untracked(each)):
            if id(referent) not in seen and not _is_singleton(referent):
                seen.add(id(referent))
                waiting.append(referent)


def _is_singleton(each: object) -> bool:
    return issubclass(type(each), SINGLETONS) or (type(each) is int and each in SMALL_INTS)


def _kind(cls: type, objects: list[Any]) -> Kind:
    inline = _inline_bytes(cls)
    total = sum(_size(each, inline) for each in objects)
    if not issubclass(cls, VALUES) or cls.__hash__ is None:
        return Kind(cls.__qualname__, len(objects), total, None, None)
    first_of_each = {_value(each): each for each in objects}
    distinct = sum(_size(each, inline) for each in first_of_each.values())
    return Kind(cls.__qualname__, len(objects), total, len(first_of_each), total - distinct)


def _value(each: Any) -> Hashable:
    """Return what makes two values the same one: 1.0 and 1.00 are equal, yet two values."""
    if isinstance(each, Decimal):
        return each.as_tuple()
    return (each, each.tzinfo, each.fold) if isinstance(each, datetime) else each


def _size(each: Any, inline: int) -> int:
    """Return an object's bytes, `inline` ones and its buffer with them; a UUID with its integer."""
    if issubclass(type(each), UUID):
        return sys.getsizeof(each) + sys.getsizeof(each.int)
    size = _bare_size(each) + _buffer_bytes(each)
    return size if inline and _has_dict(each) else size + inline  # a dict is counted by itself


def _bare_size(each: object) -> int:
    """Return an object's size by Python or by its library in C, whatever its class does.

    A `__sizeof__` in Python may say anything: that of pandas counts all that it refers to.
    """
    cls: Any = type(each)
    native = _native_size(cls)
    return sys.getsizeof(each) if native is None else native(each) + COLLECTED


@lru_cache
def _native_size(cls: type) -> Callable[[object], int] | None:
    """Return the inherited `__sizeof__` that a class replaces with one in Python, if it does."""
    sizes = [vars(each)["__sizeof__"] for each in cls.__mro__ if "__sizeof__" in vars(each)]
    native: Callable[[object], int]
    native = next(size for size in sizes if not isinstance(size, FunctionType))
    return None if native is sizes[0] else native


def _has_dict(each: object) -> bool:
    """Whether an instance's attribute dictionary was asked for, and so made."""
    referents = [referent for referent in gc.get_referents(each) if referent is not type(each)]
    return len(referents) == 1 and type(referents[0]) is dict


def _inline_bytes(cls: type[Any]) -> int:
    """Return the bytes of an instance's attribute values that `sys.getsizeof` leaves out.

    CPython 3.11 and 3.12 keep them in a block beside the instance; measured on bare instances.
    """
    makes_itself = any("__new__" in vars(each) for each in cls.__mro__[:-1])
    if makes_itself or not cls.__flags__ & HEAP_TYPE or not _can_be_bare(cls):
        return 0
    tracemalloc.start()
    sample: list[object] = [None] * SAMPLE
    before, _ = tracemalloc.get_traced_memory()
    for index in range(SAMPLE):
        sample[index] = object.__new__(cls)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    asked_for = (after - before) // SAMPLE // WORD * WORD  # the tracer's own figures cost some
    return asked_for - _bare_size(sample[0])


def _can_be_bare(cls: type[Any]) -> bool:
    """Whether Python itself can make an instance: of a type in C, only that type may.

    And none whose `__del__` would end what was never begun.
    """
    if hasattr(cls, "__del__"):
        return False
    try:
        object.__new__(cls)
    except TypeError:
        return False
    return True


def _untracked(each: Any) -> Iterator[Any]:
    """Return what numpy's arrays and msgspec's structs refer to without telling the collector."""
    if array := _class(each, "numpy", "ndarray"):
        yield from _of_array(array, each)
    for name in getattr(type(each), "__struct_fields__", ()):
        with suppress(AttributeError):  # it is not set
            yield object.__getattribute__(each, name)


def _buffer_bytes(each: Any) -> int:
    """Return the bytes of a buffer that an object owns and `sys.getsizeof` leaves out."""
    for name in ("DataFrame", "Series"):
        if frame := _class(each, "polars", name):
            return int(frame.estimated_size(each))
    return _exported_bytes(each) if type(each) is memoryview else 0


def _class(each: Any, module: str, name: str) -> Any:
    """Return the class of an imported module, if the object is one of its."""
    found = getattr(sys.modules.get(module), name, None)
    return found if found is not None and issubclass(type(each), found) else None


def _of_array(array: Any, each: Any) -> Iterator[Any]:
    """Return the array or buffer that an array is a view of, and the objects in it."""
    base, dtype = array.base.__get__(each), array.dtype.__get__(each)
    if base is not None:
        yield base
    elif dtype.hasobject:
        yield from _objects(array.view(each, array), dtype)


def _objects(array: Any, dtype: Any) -> Iterator[Any]:
    if dtype.names:
        for name in dtype.names:
            if dtype[name].hasobject:
                yield from _objects(array[name], dtype[name])
    elif dtype.subdtype is None:
        yield from array.ravel().tolist()
    else:
        yield from _objects(array, dtype.base)


def _exported_bytes(view: memoryview) -> int:
    """Return the size of a buffer in C that reports none, as that of psycopg2's binary values."""
    with suppress(ValueError):  # it was released
        known = _class(view.obj, "numpy", "ndarray") or sys.getsizeof(view.obj) > view.nbytes
        return 0 if known else view.nbytes
    return 0
