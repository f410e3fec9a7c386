"""Values as plain data, so that two results can be compared across classes and processes.

An object becomes its fields by name, whatever its class: a dataclass, an attrs or msgspec class, a
named tuple, a SQLAlchemy row or entity, a Django model, a row of a table. Any other object has its
public attributes, and its properties, which another class may lack; if all its attributes are
private, its properties are its fields, or else the attributes as they are. An enumeration's member
is its value. Of an entity only what was loaded is a field; nothing is that leads back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MemberDescriptorType
from typing import Any, NamedTuple, cast
from uuid import UUID

SCALARS = (type(None), str, bytes, int, float, complex, Decimal, date, time, timedelta, UUID)
"""Types that are compared as they are; a datetime is a date, a bool an int."""


class Fields(NamedTuple):
    """An object: its values by field, and its relations, which another class may lack."""

    values: dict[str, Any]
    relations: dict[str, Any]

    def __repr__(self) -> str:
        """Show what a reader knows: its fields."""
        return repr(self.values | self.relations)


class Other(NamedTuple):
    """A value of a type that is not known, as its `repr` tells it."""

    told: str

    def __repr__(self) -> str:
        """Show it as it shows itself."""
        return self.told


def items(result: Any) -> Iterator[Any]:
    """Return each item of a result as plain data; one result that is no collection is one item."""
    if isinstance(result, Set):
        yield from _sorted(result)
    else:
        yield from map(plain, _each(result))


def plain(value: Any, above: tuple[int, ...] = ()) -> Any:
    """Return the value as plain data; `above` are the ids of the objects that it is a part of."""
    if isinstance(value, (*SCALARS, Enum)):
        return plain(value.value) if isinstance(value, Enum) else value
    if id(value) in above:
        return Other("what it is a part of")
    within = (*above, id(value))
    if (fields := _fields(value)) is not None:
        return Fields(*(_leading_on(each, within) for each in fields))
    if _is_mapping(value):
        return {_key(key): plain(value[key], within) for key in value.keys()}  # noqa: SIM118
    if isinstance(value, Set):
        return _sorted(value, within)
    if _is_table(value) or isinstance(value, Iterable):
        return [plain(each, within) for each in _each(value)]
    unboxed = getattr(value, "item", None)  # of a scalar of numpy's
    return unboxed() if callable(unboxed) else Other(repr(value))


def _sorted(values: Iterable[Any], above: tuple[int, ...] = ()) -> list[Any]:
    """Return a set in an order that is the same in every process."""
    return sorted((plain(each, above) for each in values), key=repr)


def _key(key: Any) -> Any:
    """Return a key as plain data that is still one: a list, as of a tuple, could be none."""
    made = plain(key)
    return made if isinstance(made, SCALARS) else repr(made)


def _is_mapping(value: Any) -> bool:
    """Whether it gives values by key: sqlite3's and asyncpg's rows do, and are no Mapping."""
    if isinstance(value, Mapping):
        return True
    is_array = hasattr(value, "__array__") or _is_table(value)
    return all(hasattr(type(value), name) for name in ("keys", "__getitem__")) and not is_array


def _leading_on(fields: dict[str, Any], within: tuple[int, ...]) -> dict[str, Any]:
    """Return an object's fields as plain data, without those that lead back."""
    return {
        name: plain(each, within) for name, each in fields.items() if not _leads_back(each, within)
    }


def has_fields(value: Any) -> bool:
    """Whether it is an object with fields, which may be iterable too, as pydantic's are."""
    return _fields(value) is not None


def _leads_back(value: Any, above: tuple[int, ...]) -> bool:
    several = value if isinstance(value, list | tuple | set) else (value,)
    return any(id(each) in above for each in several)


def _each(result: Any) -> Iterable[Any]:
    """Return the items of a collection; the rows of a table, as dicts."""
    if isinstance(result, str | bytes) or _is_mapping(result):
        return [result]
    if rows := _rows(result):
        made: Iterable[Any] = rows()
        return made
    return result if isinstance(result, Iterable) and _fields(result) is None else [result]


def _rows(table: Any) -> Callable[[], Iterable[Any]] | None:
    """Return what makes a table's rows: of pandas, pyarrow, polars; None for no table."""
    if callable(rows := getattr(table, "itertuples", None)):  # pandas
        columns = list(table.columns)
        return lambda: (
            dict(zip(columns, row, strict=True)) for row in rows(index=False, name=None)
        )
    for name in ("to_pylist", "to_dicts"):  # pyarrow, polars
        if callable(getattr(table, name, None)):
            return cast("Callable[[], Iterable[Any]]", getattr(table, name))
    return None


def _is_table(value: Any) -> bool:
    return _rows(value) is not None


def _fields(value: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return an object's values and relations by name; None if it has no fields."""
    if (state := getattr(value, "_sa_instance_state", None)) is not None:
        return _of_entity(value, state.mapper)
    if hasattr(value, "_meta") and hasattr(value, "_state"):  # a Django model
        named = {each.attname for each in value._meta.concrete_fields}
        loaded = {name: each for name, each in vars(value).items() if name in named}
        return loaded, dict(value._state.fields_cache)
    if hasattr(value, "_fields") and hasattr(value, "_asdict"):  # a named tuple, a SQLAlchemy row
        return dict(value._asdict()), {}
    if (names := _declared(value)) is not None:
        return {name: getattr(value, name) for name in names}, {}
    return _of_instance(value)


def _declared(value: Any) -> list[str] | None:
    """Return the names of the fields that an object's class declares, if it does."""
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        return [each.name for each in dataclasses.fields(kind)]
    for known in ("__attrs_attrs__", "__struct_fields__", "model_fields"):  # msgspec's; pydantic's
        if (declared := getattr(kind, known, None)) is not None:
            return [getattr(each, "name", each) for each in declared]
    return None


def _of_instance(value: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the attributes of an object whose class declares none, and its properties."""
    slots = _named(value, MemberDescriptorType)
    if type(value).__module__ == "builtins" or _iterates(value):
        return None
    if not slots and not hasattr(value, "__dict__"):
        return None
    attributes = slots | getattr(value, "__dict__", {})
    properties = _public(_named(value, property))
    if public := _public(attributes):
        return public, properties
    return properties or attributes, {}


def _named(value: Any, kind: type) -> dict[str, Any]:
    """Return the attributes that the class makes with such a descriptor; none that raises."""
    found: dict[str, Any] = {}
    for cls in reversed(type(value).__mro__):
        for name, each in vars(cls).items():
            if isinstance(each, kind):
                with suppress(Exception):  # a slot that is not set; whatever a property raises
                    found[name] = getattr(value, name)
    return found


def _public(named: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in named.items() if name[:1] != "_"}


def _of_entity(value: Any, mapper: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    loaded = vars(value)
    known = (each.key for each in mapper.relationships)
    relations = {name: loaded[name] for name in known if name in loaded}
    columns = (each.key for each in mapper.column_attrs)
    deferred = value._sa_instance_state.unloaded - value._sa_instance_state.expired_attributes
    return {name: getattr(value, name) for name in columns if name not in deferred}, relations


def _iterates(value: Any) -> bool:
    return isinstance(value, Iterable | Mapping) or hasattr(value, "item") or _is_table(value)
