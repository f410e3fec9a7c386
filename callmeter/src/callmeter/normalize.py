"""Values as plain data, so that two results can be compared across classes and processes.

An object becomes a Record of its fields, whatever its class, and so does a mapping; a collection
becomes a list; a single value one of the standard library's. What is there twice stays one object,
so that what leads back has an end.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Set
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from callmeter.fields import BUILTIN, attributes, fields, is_mapping
from callmeter.record import Record
from callmeter.scalars import EXACT, NOT_SCALAR, Opaque, scalar, unboxed
from callmeter.tables import is_iterable, rows

KEYS = (str, int, bytes, UUID, date)
DEEPEST = 5
"""Levels of an item of a set that decide its place in it."""

Seen = dict[int, tuple[Any, Any]]
"""What was normalized, by id: the value, which holds its id, and what it has become."""


class Unordered(list[Any]):
    """The items of a set, in an order that is the same in every process."""


class Head(NamedTuple):
    """What a result is: one value or a collection, and what that holds beside its items."""

    kind: str
    attributes: Record


def has_fields(value: Any) -> bool:
    """Whether it is an object with fields, which may be iterable too, as pydantic's are."""
    return scalar(value) is NOT_SCALAR and fields(value) is not None


def head(result: Any) -> Head:
    """Return what a result is, apart from its items."""
    result = _whole(result)
    if _is_nothing(result):
        return Head(repr(result), Record({}))
    if not _is_collection(result):
        return Head("one object", Record({}))
    kind = "a set" if _is_set(result) else "a list"
    beside = Record({}) if type(result) in BUILTIN else fields(result) or attributes(result)
    return Head(kind, normalize(replace(beside, contents=None)))


def items(result: Any) -> Iterator[Any]:
    """Return the items of a result as plain data: a result that is no collection is one item.

    None and an empty text have no item.
    """
    result = _whole(result)
    if not _is_collection(result):
        if not _is_nothing(result):
            yield normalize(result)
    elif _is_set(result):
        yield from normalize(set(result))
    else:
        yield from map(normalize, rows(result))


def normalize(value: Any, seen: Seen | None = None) -> Any:
    """Return the value as plain data."""
    if type(value) in EXACT:
        return value
    seen = {} if seen is None else seen
    if id(value) in seen:
        return seen[id(value)][1]
    if (single := scalar(value)) is not NOT_SCALAR:
        return single
    if (inner := unboxed(value)) is not value:
        return normalize(inner, seen)
    if (found := _record(value)) is not None:
        return _filled_record(found, value, seen)
    return _collection(value, seen)


def _record(value: Any) -> Record | None:
    """Return the fields of an object, or of a collection that has attributes, too."""
    if type(value) in BUILTIN:
        return None
    if type(value) is Record:
        return value
    if (found := fields(value)) is not None or not is_iterable(value):
        return found
    found = attributes(value)
    if not found.values and not found.optional:
        return None
    return replace(found, contents=value)


def _filled_record(found: Record, value: Any, seen: Seen) -> Record:
    made = replace(found, values={}, optional={}, contents=None)
    seen[id(value)] = value, made
    made.values |= {_key(name): normalize(each, seen) for name, each in found.values.items()}
    made.optional |= {_key(name): normalize(each, seen) for name, each in found.optional.items()}
    if found.contents is not None:
        _fill(made, found.contents, seen)
    return made


def _fill(made: Record, contents: Any, seen: Seen) -> None:
    """Add what an object holds as a container: a mapping's values are fields, too."""
    if is_mapping(contents):
        names = list(contents.keys())
        made.values |= {_key(name): normalize(contents[name], seen) for name in names}
    else:
        made.items = _listed(contents)
        _extend(made.items, contents, seen)


def _collection(value: Any, seen: Seen) -> Any:
    """Return a collection that has no fields; anything else as its `repr`."""
    if is_mapping(value):
        by_key = Record({})
        seen[id(value)] = value, by_key
        _fill(by_key, value, seen)
        return by_key
    if not is_iterable(value):
        return Opaque(repr(value))
    made = _listed(value)
    seen[id(value)] = value, made
    _extend(made, value, seen)
    return made


def _listed(value: Any) -> list[Any]:
    return Unordered() if _is_set(value) else []


def _extend(made: list[Any], collection: Any, seen: Seen) -> None:
    made.extend(normalize(each, seen) for each in rows(collection))
    if isinstance(made, Unordered):
        made.sort(key=_place)


def _whole(result: Any) -> Any:
    """Return the result without its box: a model of one list is that list."""
    if scalar(result) is not NOT_SCALAR:
        return result
    return result if (inner := unboxed(result)) is result else _whole(inner)


def _is_nothing(result: Any) -> bool:
    return result is None or (isinstance(result, str | bytes) and not result)


def _is_collection(result: Any) -> bool:
    if type(result) in BUILTIN:
        return type(result) is not dict
    if scalar(result) is not NOT_SCALAR or is_mapping(result) or not is_iterable(result):
        return False
    found = fields(result)
    return found is None or found.contents is not None


def _is_set(value: Any) -> bool:
    """Whether it has no order; the views of a dict have one."""
    return isinstance(value, Set) and not isinstance(value, KeysView | ItemsView)


def _key(key: Any) -> Any:
    """Return a key as plain data that is still one: 1, 1.0 and True would be the same key."""
    if type(key) is str:
        return key
    made = normalize(key)
    return made if type(made) in KEYS or made is None else Opaque(repr(made))


def _place(value: Any, depth: int = 0) -> str:
    """Return what sorts the items of a set, whatever the order of their fields."""
    if depth == DEEPEST:
        return ""
    inner = partial(_place, depth=depth + 1)
    if isinstance(value, Record):
        return str(sorted(f"{name}: {inner(each)}" for name, each in value.values.items()))
    return str([*map(inner, value)]) if isinstance(value, list) else repr(value)
