"""What an object refers to, and owns, that the garbage collector and `sys.getsizeof` do not see.

No library is imported for it, and no method of a user's class is called: an object whose library is
not imported is none of that library's.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def referents(each: Any) -> Iterator[Any]:
    """Return what numpy's arrays and msgspec's structs refer to without telling the collector."""
    if array := _class(each, "numpy", "ndarray"):
        yield from _of_array(array, each)
    for name in getattr(type(each), "__struct_fields__", ()):
        with suppress(AttributeError):  # it is not set
            yield object.__getattribute__(each, name)


def buffer_bytes(each: Any) -> int:
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
