"""Which layer of the stack allocated what: the parts of a recording, grouped. Pure.

The innermost Python frame that belongs to a layer decides; frames of the standard library, and
of SQLAlchemy's helpers, belong to whom they work for. Within the strategy's own code the native
function that allocated tells containers from objects.
"""

from __future__ import annotations

import sysconfig
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter import driver_values as marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callmeter.recording import Frame, Part

VALUES = "driver values: "
ROWS = "driver rows"
BUFFERS = "driver result buffers"
ENGINE = "SQLAlchemy engine and result"
ORM_INSTANCES = "SQLAlchemy ORM: instances and their state"
ORM_IDENTITY = "SQLAlchemy ORM: identity map"
ORM_COLLECTIONS = "SQLAlchemy ORM: collections"
ORM_LOADING = "SQLAlchemy ORM: loading and session"
DOMAIN = "domain objects"
CONTAINERS = "containers"
POOLS = "sharing pools"
LIBRARY = "other libraries"
OTHER = "other"

LAYERS = (
    *(VALUES + name for name in dict.fromkeys([*marks.PYTHON_TYPES.values(), "other"])),
    *(ROWS, BUFFERS, ENGINE),
    *(ORM_INSTANCES, ORM_IDENTITY, ORM_COLLECTIONS, ORM_LOADING),
    *(DOMAIN, CONTAINERS, POOLS, LIBRARY, OTHER),
)
"""Every layer, from the database's end to the caller's."""

# the first that a frame's file holds decides; None: ask the frame that called it
LIBRARIES = {
    "/sqlalchemy/orm/identity.py": ORM_IDENTITY,
    "/sqlalchemy/orm/collections.py": ORM_COLLECTIONS,
    "/sqlalchemy/orm/attributes.py": ORM_COLLECTIONS,
    "/sqlalchemy/orm/state.py": ORM_INSTANCES,
    "/sqlalchemy/orm/instrumentation.py": ORM_INSTANCES,
    "/sqlalchemy/orm/": ORM_LOADING,
    "/sqlalchemy/util/": None,
    "/sqlalchemy/event/": None,
    "/sqlalchemy/": ENGINE,
    "/psycopg/": BUFFERS,
    "/adbc_driver_manager/": BUFFERS,
    "/adbc_driver_postgresql/": BUFFERS,
    "/pyarrow/": BUFFERS,
    "/asyncpg/": BUFFERS,
    "/psycopg2/": BUFFERS,
    **dict.fromkeys(("/django/", "/pandas/", "/numpy/", "/polars/", "/pydantic/"), LIBRARY),
    "/site-packages/": None,
}
FETCHING = ("fetch", "_fetch", "stream", "__next__", "__iter__")
SHARING = ("share", "pool", "intern", "__missing__")
STANDARD_LIBRARY = f"{sysconfig.get_path('stdlib')}{sep}"
HARNESS = f"{Path(__file__).parents[1]}{sep}"
PAYROLL = f"{HARNESS}payroll.py"
HOLDING = {(f"{HARNESS}own{sep}calling.py", name) for name in ("_held", "_listed")}
"""Where the harness makes objects as a strategy does: the floor's, and a held generator's list."""
EVENT_LOOP = f"{sep}asyncio{sep}"

PYTHON_ALLOCATORS = "PYMALLOC_"
GENERIC = ("gc_alloc", "PyType_GenericAlloc", "PyType_GenericNew", "PyVectorcall", "<unknown>")
GENERIC_START = ("_PyObject_GC", "PyObject_GC", "_PyType_Alloc", "PyMem_", "_PyMem", "PyObject_")
CONTAINER_START = (
    *("list", "PyList", "_PyList", "dict", "PyDict", "_PyDict", "new_dict", "new_keys"),
    *("set_", "PySet", "make_new_set", "tuple", "PyTuple", "_PyTuple", "deque", "resize_compact"),
)
GROWING = ("PYMALLOC_REALLOC", "PYMALLOC_CALLOC")


def ordered(layers: Iterable[str]) -> list[str]:
    """Return the layers from the database's end to the caller's."""
    return sorted(layers, key=lambda layer: (LAYERS.index(layer), layer))


def by_layer(parts: Iterable[Part]) -> dict[str, int]:
    """Return the bytes of every layer, in the order of LAYERS; they add up to the parts'."""
    bytes_of = dict.fromkeys(LAYERS, 0)
    for part in parts:
        bytes_of[layer_of(part)] += part.size
    return bytes_of


def layer_of(part: Part) -> str:
    """Return the layer that allocated the part."""
    for frame in part.stack:
        if frame.file == marks.FILE:
            return VALUES + frame.function
        if _is_own(frame):
            return _layer_of_own(frame, part)
        if layer := _layer_of_library(frame):
            return layer
    # A driver that the event loop calls has no caller; asyncpg's own code has no Python frames.
    return LIBRARY if any(EVENT_LOOP in frame.file for frame in part.stack) else OTHER


def place_of(part: Part) -> str:
    """Return where the part was allocated, as `file:line (function)`: in the user's code, if any."""
    users = (frame for frame in part.stack if _is_own(frame))
    frame = next(users, part.stack[0] if part.stack else None)
    return f"{frame.file}:{frame.line} ({frame.function})" if frame else "no Python code"


def _layer_of_library(frame: Frame) -> str | None:
    file = frame.file.replace("\\", "/")
    layer = next((layer for place, layer in LIBRARIES.items() if place in file), None)
    return ROWS if layer == BUFFERS and frame.function.startswith(FETCHING) else layer


def _is_own(frame: Frame) -> bool:
    """Whether a frame is the strategy's: nobody's library, and not the harness."""
    file = frame.file
    if file == PAYROLL or (file, frame.function) in HOLDING:
        return True
    elsewhere = (STANDARD_LIBRARY, HARNESS, "<")
    return not file.startswith(elsewhere) and "site-packages" not in file


def _layer_of_own(frame: Frame, part: Part) -> str:
    if not part.allocator.startswith(PYTHON_ALLOCATORS):
        return BUFFERS
    if not _is_container(part.native, part.allocator):
        return DOMAIN
    return POOLS if any(word in frame.function.lower() for word in SHARING) else CONTAINERS


def _is_container(native: Sequence[str], allocator: str) -> bool:
    """Tell by the native function that allocated; without symbols, by the way it did."""
    for name in native:
        if name not in GENERIC and not name.startswith(GENERIC_START):
            return name.startswith(CONTAINER_START)
    return allocator in GROWING
