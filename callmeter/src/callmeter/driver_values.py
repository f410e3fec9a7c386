"""Make psycopg's values tell their type: each is loaded in a Python frame named for it.

psycopg's own loaders are C, without Python frames, and its wheels carry no symbols, so that a
recording shows every value of a row as allocated by `fetchall`. For an explanation, never for a
measurement, each loader is wrapped in a function whose frame names the type of what it makes.
The values are the same, made by the same loaders; only the time is not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

FILE = "<driver value>"
"""The file of every such frame; its function is the name of the Python type."""

UNKNOWN_OID = 0  # a type that psycopg does not know, such as an enum: read as text

TYPES = ("UUID", "Decimal", "date", "datetime", "time", "str", "int", "float", "bool", "bytes")
"""The Python types that values are split by."""
NAMED = {
    "uuid": "UUID",
    "numeric": "Decimal",
    "bytea": "bytes",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "timetz": "time",
    **dict.fromkeys(("text", "varchar", "bpchar", "name"), "str"),
}
"""The Python type of a type of Postgres, where its name is another one."""


def python_type(name: str) -> str:
    """Return the Python type of a type of Postgres, as `int8`; "other" for one not in TYPES."""
    kind = name.rstrip("0123456789")
    found = NAMED.get(kind, kind)
    return found if found in TYPES else "other"


def mark_when_imported() -> None:
    """Mark psycopg's values: now, if it is imported already, or else as soon as it is."""
    if "psycopg" in sys.modules:
        _mark()
    elif not any(isinstance(finder, _MarkAfterImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _MarkAfterImport())


class _MarkAfterImport(MetaPathFinder):
    """Finds psycopg where it is, and has it marked when it has been imported."""

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        if fullname != "psycopg":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _mark()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _mark() -> None:
    """Wrap psycopg's loaders, for the connections that are opened after this call."""
    import psycopg
    from psycopg.pq import Format

    types = {info.oid: python_type(info.name) for info in psycopg.adapters.types}
    for oid, kind in {UNKNOWN_OID: "str", **types}.items():
        for form in (Format.TEXT, Format.BINARY):
            if loader := psycopg.adapters.get_loader(oid, form):
                psycopg.adapters.register_loader(oid, _marked(loader, kind))


def _marked(loader: Any, kind: str) -> Any:
    """Return the loader in a frame of FILE whose function is the type's name."""
    from psycopg.adapt import Loader

    class Marked(Loader):
        format = loader.format

        def __init__(self, oid: int, connection: Any = None) -> None:
            super().__init__(oid, connection)
            self._load: Callable[[Any], Any] = loader(oid, connection).load

        def load(self, data: Any) -> Any:
            return self._load(data)

    Marked.__module__ = loader.__module__  # as before to those who ask whose loader it is
    code = Marked.load.__code__
    Marked.load.__code__ = code.replace(co_name=kind, co_filename=FILE)
    return Marked
