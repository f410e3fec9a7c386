"""Values as plain data, so that two results can be compared across classes and processes.

An object becomes its fields by name, whatever its class: a dataclass, an attrs or msgspec class, a
named tuple, a SQLAlchemy row or entity, a Django model, a row of a table. An enumeration's member
is its value. Of relations between objects only those are fields that were loaded, and none that
leads back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple, cast
from uuid import UUID

SCALARS = (type(None), str, bytes, int, float, complex, Decimal, date, time, timedelta, UUID)
"""Types that are compared as they are; a datetime is a date, a bool an int."""


class Fields(NamedTuple):
    """An object: its values by field, and its relations, which another class may lack."""

    values: dict[str, Any]
    relations: dict[str, Any]


class Other(NamedTuple):
    """A value of a type that is not known, as its `repr` tells it."""

    told: str


def items(result: Any) -> Iterator[Any]:
    """Give each item of a result as plain data; one result that is no collection is one item."""
    for item in _each(result):
        yield plain(item)


def plain(value: Any, above: tuple[int, ...] = ()) -> Any:
    """Give the value as plain data; `above` are the ids of the objects that it is a part of."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, SCALARS):
        return value
    within = (*above, id(value))
    if (fields := _fields(value)) is not None:
        values, relations = fields
        return Fields(
            {name: plain(each, within) for name, each in values.items()},
            {
                name: plain(each, within)
                for name, each in relations.items()
                if not _leads_back(each, within)
            },
        )
    if isinstance(value, Mapping):
        return {plain(key): plain(each, within) for key, each in value.items()}
    if isinstance(value, Set):
        return sorted((plain(each, within) for each in value), key=repr)
    if _is_table(value) or isinstance(value, Iterable):
        return [plain(each, within) for each in _each(value)]
    if callable(unboxed := getattr(value, "item", None)):  # a scalar of numpy's
        return unboxed()
    return Other(repr(value))


def _leads_back(value: Any, above: tuple[int, ...]) -> bool:
    several = value if isinstance(value, list | tuple | set) else (value,)
    return any(id(each) in above for each in several)


def _each(result: Any) -> Iterable[Any]:
    """Give the items of a collection; the rows of a table, as dicts."""
    if isinstance(result, str | bytes | Mapping):
        return [result]
    if rows := _rows(result):
        made: Iterable[Any] = rows()
        return made
    return result if isinstance(result, Iterable) and _fields(result) is None else [result]


def _rows(table: Any) -> Callable[[], Iterable[Any]] | None:
    """Give what makes a table's rows: of pandas, pyarrow, polars; None for no table."""
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
    """Give an object's values and relations by name; None if it has no fields."""
    if (state := getattr(value, "_sa_instance_state", None)) is not None:
        return _of_entity(value, state.mapper)
    if hasattr(value, "_meta") and hasattr(value, "_state"):  # a Django model
        named = {each.attname for each in value._meta.concrete_fields}
        loaded = {name: each for name, each in vars(value).items() if name in named}
        return loaded, dict(value._state.fields_cache)
    if hasattr(value, "_fields") and hasattr(value, "_asdict"):  # a named tuple, a SQLAlchemy row
        return dict(value._asdict()), {}
    names = _declared(value)
    return None if names is None else ({name: getattr(value, name) for name in names}, {})


def _declared(value: Any) -> list[str] | None:
    """Give the names of the fields that an object's class declares, or else of its attributes."""
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        return [each.name for each in dataclasses.fields(kind)]
    for known in ("__attrs_attrs__", "__struct_fields__", "model_fields"):  # msgspec's; pydantic's
        if (declared := getattr(kind, known, None)) is not None:
            return [getattr(each, "name", each) for each in declared]
    if kind.__module__ != "builtins" and hasattr(value, "__dict__") and not _iterates(value):
        return [name for name in vars(value) if name[:1] != "_"]
    return None


def _of_entity(value: Any, mapper: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    loaded = vars(value)
    known = (each.key for each in mapper.relationships)
    relations = {name: loaded[name] for name in known if name in loaded}
    return {each.key: getattr(value, each.key) for each in mapper.column_attrs}, relations


def _iterates(value: Any) -> bool:
    return isinstance(value, Iterable | Mapping) or hasattr(value, "item") or _is_table(value)
