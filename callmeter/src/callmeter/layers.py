"""Which layer of the stack allocated what: the parts of a recording, grouped. Pure.

Who allocated is, first, the library of C that the innermost Python function called, if it is one of
a package; then the innermost Python frame that belongs to anybody: frames of the standard library
and of SQLAlchemy's helpers count for the frame that called them. What it was is known by the native
function that allocated: a value of a driver by its type, a container or an object of the user's own
code.

Two things a recording cannot tell: an object that CPython made from one that was just freed (its
free lists) stands where the first one was made; and what a library's own allocator reserves is
address space, used or not (a layer of its own).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from os import sep
from pathlib import Path

from callmeter import driver_values
from callmeter.native_types import NEAREST, is_container, value_type
from callmeter.places import INSTALLED, OURS, is_users
from callmeter.recording import Frame, Part

VALUES = "driver values: "
ROWS = "driver rows"
BUFFERS = "driver result buffers"
ENGINE = "SQLAlchemy engine and result"
ORM_INSTANCES = "SQLAlchemy ORM: instances and their state"
ORM_IDENTITY = "SQLAlchemy ORM: identity map"
ORM_COLLECTIONS = "SQLAlchemy ORM: collections"
ORM_LOADING = "SQLAlchemy ORM: loading and session"
DJANGO_INSTANCES = "Django ORM: instances and their state"
DJANGO_LOADING = "Django ORM: loading"
PYDANTIC = "pydantic: models and validation"
DOMAIN = "domain objects"
CONTAINERS = "containers"
POOLS = "sharing pools"
JSON = "standard library: json"
EVENT_LOOP = "standard library: asyncio"
LIBRARY = "library: "
RESERVES = "reserves of a library's allocator"
RECORDING = "the recording itself"
OTHER = "other"

LAYERS = (
    *(VALUES + name for name in (*driver_values.TYPES, "other")),
    *(ROWS, BUFFERS, ENGINE),
    *(ORM_INSTANCES, ORM_IDENTITY, ORM_COLLECTIONS, ORM_LOADING),
    *(DJANGO_INSTANCES, DJANGO_LOADING, PYDANTIC),
    *(DOMAIN, CONTAINERS, POOLS, JSON, EVENT_LOOP, LIBRARY, RESERVES, RECORDING, OTHER),
)
"""Every layer, from the database's end to the caller's; a library's name follows LIBRARY."""

DRIVERS = ("psycopg", "psycopg2", "asyncpg", "sqlite3", "adbc_driver_manager")
ARROW = "pyarrow"
"""What ADBC's results are made of: a driver's where ADBC is used, else a library."""
PACKAGES = {
    "psycopg_binary": "psycopg",
    "psycopg_c": "psycopg",
    "psycopg2_binary": "psycopg2",
    "pydantic_core": "pydantic",
    "_duckdb": "duckdb",
    "_polars_runtime": "polars",
    "_polars_runtime_32": "polars",
    "adbc_driver_postgresql": "adbc_driver_manager",
    "_sqlite3": "sqlite3",
}
"""The package that the name of a folder or a library stands for, where it is another."""

# the first that a frame's file holds decides; None: ask the frame that called it
FILES = {
    "/sqlalchemy/orm/identity.py": ORM_IDENTITY,
    "/sqlalchemy/orm/collections.py": ORM_COLLECTIONS,
    "/sqlalchemy/orm/attributes.py": ORM_COLLECTIONS,
    "/sqlalchemy/orm/state.py": ORM_INSTANCES,
    "/sqlalchemy/orm/instrumentation.py": ORM_INSTANCES,
    "/sqlalchemy/orm/": ORM_LOADING,
    "/sqlalchemy/util/": None,
    "/sqlalchemy/event/": None,
    "/sqlalchemy/": ENGINE,
    "/django/db/models/base.py": DJANGO_INSTANCES,
    "/django/db/models/fields/": DJANGO_INSTANCES,
    "/django/db/": DJANGO_LOADING,
    "/django/utils/": None,
    "/pydantic/": PYDANTIC,
    "/sqlmodel/": PYDANTIC,
}
JSON_FILES = (f"{sep}json{sep}decoder.py", f"{sep}json{sep}scanner.py")
EVENT_LOOP_FILES = f"{sep}asyncio{sep}"
FETCHING = ("fetch", "_fetch", "stream", "__next__", "__iter__")
SHARING = ("share", "pool", "intern", "__missing__")
NOBODYS = re.compile(
    r"(python\d|libpython|libc[.-]|ld-|libpthread|libm\.|libstdc\+\+|libgcc|_memray|_greenlet)"
)
"""Libraries that work for whoever calls them; so do those of the standard library."""
HELPERS = ("greenlet", "sqlalchemy")
"""Packages whose libraries work for the Python code that calls them."""
PYTHON_ALLOCATORS = "PYMALLOC_"
ASYNCPG_VALUE = re.compile(r"pgproto_(?P<type>[a-z]+\d*)_decode")
ASYNCPG_ROW = "make_record"
TRACING = ("_PyCode_CreateLineArray", "_PyCode_InitLineArray")
"""What CPython makes because calls are traced, once for each function."""
FRAME, TRACERS = "_PyFrame_MakeAndSetFrameObject", ("call_trace", "call_profile_func")
"""What makes a frame's object, and what needs one because calls are traced: a generator's stays."""
PRIVATE_ALLOCATORS = ("_rjem_", "duckdb_je_", "mi_", "_mi_", "je_")
"""How the functions of jemalloc and mimalloc begin, as libraries carry them."""


def ordered(layers: Iterable[str]) -> list[str]:
    """Return the layers from the database's end to the caller's; libraries by name."""
    known = {layer: place for place, layer in enumerate(LAYERS)}
    return sorted(layers, key=lambda layer: (known.get(layer, known[LIBRARY]), layer))


def by_layer(parts: Iterable[Part], own: Sequence[str] = ()) -> dict[str, int]:
    """Return the bytes of each layer that has any; they add up to the parts'.

    `own` are folders or files of the user's code, which may be installed like a library.
    """
    found = list(parts)
    drivers = (*DRIVERS, ARROW) if any(map(_is_of_adbc, found)) else DRIVERS
    bytes_of: Counter[str] = Counter()
    for part in found:
        bytes_of[layer_of(part, own, drivers)] += part.size
    return {layer: bytes_of[layer] for layer in ordered(bytes_of)}


def layer_of(part: Part, own: Sequence[str] = (), drivers: Sequence[str] = DRIVERS) -> str:
    """Return the layer that allocated the part."""
    if _is_of_recording(part):
        return RECORDING
    if any(name.startswith(PRIVATE_ALLOCATORS) for name in part.native):
        return RESERVES
    if part.stack and part.stack[0].file == driver_values.FILE:
        # A tuple or dict there is a row's that was made from one that a loader had let go.
        return ROWS if is_container(part) else VALUES + part.stack[0].function
    package = _package_in_c(part)
    if package in drivers:
        return _layer_of_driver(part)
    if package == "pydantic":
        return PYDANTIC
    return _layer_in_python(part, own, drivers, package)


def _is_of_recording(part: Part) -> bool:
    nearest = part.native[:NEAREST]
    if any(name.startswith(TRACING) for name in nearest):
        return True
    return FRAME in nearest and any(name.startswith(TRACERS) for name in part.native)


def _is_of_adbc(part: Part) -> bool:
    files = (*part.libraries, *(frame.file for frame in part.stack))
    return any("adbc_driver_" in file for file in files)


def _package_in_c(part: Part) -> str | None:
    """Return the package of the innermost library that is anybody's; None if Python's own code."""
    for file in part.libraries:
        name = Path(file).name
        if installed := INSTALLED.fullmatch(file):
            top = Path(installed["path"]).parts[0].partition(".")[0]
            if not NOBODYS.match(name) and top not in HELPERS:
                return PACKAGES.get(top, top)
        elif name.startswith("_sqlite3"):
            return "sqlite3"
    if any("_7asyncpg_" in name or "asyncpg_" in name for name in part.native):
        return "asyncpg"
    return None


def _layer_of_driver(part: Part) -> str:
    for name in part.native:
        if name == ASYNCPG_ROW:
            return ROWS
        if found := ASYNCPG_VALUE.search(name):
            return VALUES + driver_values.python_type(found["type"])
    if not part.allocator.startswith(PYTHON_ALLOCATORS):
        return BUFFERS
    if kind := value_type(part):
        return VALUES + kind
    return ROWS if is_container(part) else f"{VALUES}other"


def _layer_in_python(
    part: Part, own: Sequence[str], drivers: Sequence[str], package: str | None
) -> str:
    """Return the layer by the innermost Python frame that belongs to anybody."""
    if any(part.stack[0].file.endswith(file) for file in JSON_FILES if part.stack):
        return JSON
    for frame in part.stack:
        if is_users(frame, own):
            return LIBRARY + package if package else _layer_of_users(frame, part)
        if layer := _layer_of_file(frame, part, drivers):
            return layer
    if package:
        return LIBRARY + package
    # What a driver receives has no caller but the event loop.
    return EVENT_LOOP if any(EVENT_LOOP_FILES in frame.file for frame in part.stack) else OTHER


def _layer_of_file(frame: Frame, part: Part, drivers: Sequence[str]) -> str | None:
    installed = INSTALLED.fullmatch(frame.file)
    if not installed or frame.file.startswith(OURS):
        return None
    file = f"/{installed['path']}".replace("\\", "/")
    for place, layer in FILES.items():
        if file.startswith(place):
            return layer
    top = Path(installed["path"]).parts[0].removesuffix(".py")
    package = PACKAGES.get(top, top)
    if package not in drivers:
        return LIBRARY + package
    if not part.allocator.startswith(PYTHON_ALLOCATORS):
        return BUFFERS
    return ROWS if frame.function.startswith(FETCHING) else _layer_of_driver(part)


def _layer_of_users(frame: Frame, part: Part) -> str:
    if not part.allocator.startswith(PYTHON_ALLOCATORS):
        return BUFFERS if any(name.startswith("PQ") for name in part.native) else DOMAIN  # libpq
    if not is_container(part):
        return DOMAIN
    return POOLS if any(word in frame.function.lower() for word in SHARING) else CONTAINERS
