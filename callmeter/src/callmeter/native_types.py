"""What a native function made: a container, or a value of which type. Pure."""

from __future__ import annotations

from callmeter.recording import Part

GENERIC = ("gc_alloc", "PyType_GenericAlloc", "PyType_GenericNew", "PyVectorcall", "<unknown>")
GENERIC_START = ("_PyObject_", "PyObject_", "_PyType_Alloc", "PyMem_", "_PyMem")
CONTAINER_START = (
    *("list", "PyList", "_PyList", "dict", "PyDict", "_PyDict", "new_dict", "new_keys"),
    *("clone_combined_dict", "set_", "PySet", "make_new_set"),
    *("tuple", "PyTuple", "_PyTuple", "deque", "resize_compact"),
)
GROWING = ("PYMALLOC_REALLOC", "PYMALLOC_CALLOC")
NATIVE_TYPES = {
    "PyUnicode": "str",
    "unicode_decode": "str",
    "_PyLong": "int",
    "PyLong": "int",
    "PyFloat": "float",
    "PyDec": "Decimal",
    "new_date": "date",
    "new_time": "time",
    "datetime_alloc": "datetime",
    "new_datetime": "datetime",
    "_PyBytes": "bytes",
    "PyBytes": "bytes",
}
"""How a function of CPython begins that makes a value, and the value's type."""
NEAREST = 6
"""How many native frames say what was made."""


def is_container(part: Part) -> bool:
    """Whether a container was made: by the native function, or without symbols by the allocator."""
    for name in part.native:
        if name not in GENERIC and not name.startswith(GENERIC_START):
            return name.startswith(CONTAINER_START)
    return part.allocator in GROWING


def value_type(part: Part) -> str | None:
    """Return the type of the value that was made, by its name; None if it is none of them."""
    for name in part.native[:NEAREST]:
        for start, kind in NATIVE_TYPES.items():
            if name.startswith(start):
                return kind
    return None
