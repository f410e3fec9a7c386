"""The fields of an object, whatever its class, without loading what was not loaded.

A dataclass, an attrs, msgspec or pydantic class, a named tuple and a SQLAlchemy row have the fields
that they declare. An entity of SQLAlchemy and a Django model have what was loaded: columns,
relations, annotations. Any other object has its public attributes, and its properties, which
another class may lack; if all its attributes are private, its properties are its fields, or else
the attributes as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import zip_longest
from types import MemberDescriptorType
from typing import Any

from callmeter.mapped import is_cached, mapped
from callmeter.record import Record, numbered
from callmeter.scalars import NOT_SCALAR, is_standard, scalar
from callmeter.tables import index_of, is_iterable, is_table

BUILTIN = (list, tuple, set, frozenset, dict)
UNSET: Any = object()
"""In place of a slot without a value, or of a field of a model that was not validated."""


def fields(value: Any) -> Record | None:
    """Return the fields of an object, with its items if its class is a container, too."""
    if (found := mapped(value)) is not None:
        return found
    kind = type(value)
    if hasattr(kind, "_fields") and hasattr(kind, "_asdict"):  # a named tuple, a SQLAlchemy row
        return Record(dict(zip(numbered(value._fields), value, strict=True)), is_row=True)
    if (names := _declared(kind)) is not None:
        return _of_declared(value, names)
    return _of_row(value) if is_iterable(value) else _of_instance(value)


def attributes(value: Any) -> Record:
    """Return what an iterable object holds beside its items: public attributes that are data.

    An attribute that holds the same items is none of them, and neither is what reads or calls
    when it is looked at, as the model of a query.
    """
    if is_table(value):
        return index_of(value)
    if is_standard(type(value)):
        return Record({})
    found, cached = _attributes(value)
    data = {name: each for name, each in _public(found).items() if _is_data(each)}
    return Record(
        {name: each for name, each in data.items() if not _has_same_items(each, value)},
        {name: each for name, each in _public(cached).items() if _is_data(each)},
    )


def is_mapping(value: Any) -> bool:
    """Whether it gives values by key: a Mapping, or what only looks like one."""
    if isinstance(value, Mapping):
        return True
    kind = type(value)
    is_array = hasattr(kind, "__array__") or is_table(value)
    has_keys = callable(getattr(kind, "keys", None)) and hasattr(kind, "__getitem__")
    return has_keys and not is_array


def _of_row(value: Any) -> Record | None:
    """Return the fields of a row of sqlite3 or asyncpg: it has keys, but iterates its values."""
    if isinstance(value, Mapping) or not is_mapping(value):
        return None
    names, values = list(value.keys()), list(value)
    if names == values or len(names) != len(values):
        return None
    return Record(dict(zip(numbered(names), values, strict=True)), is_row=True)


def _declared(kind: type) -> list[str] | None:
    """Return the names of the fields that a class declares, if it does."""
    if dataclasses.is_dataclass(kind):
        return [each.name for each in dataclasses.fields(kind)]
    for known in ("__attrs_attrs__", "__struct_fields__", "model_fields", "__fields__"):
        if (declared := getattr(kind, known, None)) is not None:  # attrs, msgspec, pydantic 2 and 1
            return [getattr(each, "name", each) for each in declared]
    return None


def _of_declared(value: Any, names: list[str]) -> Record:
    """Return the fields that are set; of other attributes, which are derived, the public ones."""
    read = ((name, getattr(value, name, UNSET)) for name in names)
    values = {name: each for name, each in read if each is not UNSET}
    values |= getattr(value, "__pydantic_extra__", None) or {}
    computed = getattr(type(value), "__pydantic_decorators__", None)
    derived = getattr(computed, "computed_fields", {})
    optional = _public(getattr(value, "__dict__", {})) | _read(value, derived)
    return Record(
        values,
        {name: each for name, each in optional.items() if name not in values},
        contents=value if isinstance(value, BUILTIN) else None,
    )


def _of_instance(value: Any) -> Record | None:
    """Return the attributes of an object whose class declares none, and its properties."""
    kind = type(value)
    has_attributes = hasattr(value, "__dict__") or _made_by(kind, MemberDescriptorType)
    if kind.__module__ == "builtins" or not has_attributes:
        return None
    found, cached = _attributes(value)
    properties = _public(cached) | _public(_read(value, _made_by(kind, property)))
    if public := _public(found):
        return Record(public, properties)
    every = properties or found | cached
    shows: Any = kind.__repr__  # it may show what the object holds in C
    is_opaque = not every and shows is not object.__repr__ and not is_standard(kind)
    return None if is_opaque else Record(every)


def _attributes(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes that were set, and those that a property of the class has cached."""
    kind = type(value)
    found = _read(value, _made_by(kind, MemberDescriptorType)) | getattr(value, "__dict__", {})
    cached = {name: each for name, each in found.items() if is_cached(kind, name)}
    return {name: each for name, each in found.items() if name not in cached}, cached


def _made_by(kind: type, descriptor: type) -> list[str]:
    """Return the names of the attributes that the class makes with such a descriptor."""
    classes = reversed(kind.__mro__)
    return [name for cls in classes for name, each in vars(cls).items() if type(each) is descriptor]


def _read(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the attributes of these names, but for those that raise."""
    found: dict[str, Any] = {}
    for name in names:
        with suppress(Exception):  # a slot that is not set; whatever a property raises
            found[name] = getattr(value, name)
    return found


def _public(named: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in named.items() if name[:1] != "_"}


def _is_data(value: Any) -> bool:
    if callable(value):
        return False
    if isinstance(value, Collection) or scalar(value) is not NOT_SCALAR:
        return True
    return not is_iterable(value) and fields(value) is not None


def _has_same_items(attribute: Any, value: Any) -> bool:
    """Whether an attribute holds the very objects that the object iterates."""
    if isinstance(value, Mapping) and isinstance(attribute, Mapping):
        same = attribute.keys() == value.keys()
        return same and all(attribute[key] is value[key] for key in value)
    if isinstance(value, Iterator) or not isinstance(attribute, list | tuple | set):
        return False
    pairs = zip_longest(attribute, value, fillvalue=object())
    return all(one is other for one, other in pairs)
