"""The same data: the results of two functions, item by item, across processes.

The reference's result is written to a file as plain data, item by item; the others are compared
with it as they are read, so that no process holds both.
"""

from __future__ import annotations

import pickle
from datetime import datetime, time
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from callmeter.normalize import Fields, items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Sides = Fields | dict[Any, Any]
MISSING: Any = object()
LONGEST = 100
"""Characters of a value that are shown."""


def write(result: Any, path: Path) -> None:
    """Write the result's items to the file as plain data."""
    with path.open("wb") as file:
        for item in items(result):
            pickle.dump(item, file)


def difference(result: Any, path: Path, ignore: Collection[str] = ()) -> str | None:
    """Return where the result first differs from the one in the file; None if it does not.

    Fields of the names to `ignore` may differ, or be missing.
    """
    return first_difference(read(path), items(result), ignore)


def read(path: Path) -> Iterator[Any]:
    """Return the items in the file, which this program wrote in a folder of its own."""
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # noqa: S301 - written by `write`, where nobody else can


def first_difference(expected: Iterable[Any], given: Iterable[Any]) -> str | None:
    """Say where two rows of plain items first differ, or give None."""
    for index, (wanted, item) in enumerate(zip_longest(expected, given, fillvalue=MISSING)):
        if wanted is MISSING:
            return f"item {index}: the reference has only {index:,} items"
        if item is MISSING:
            return f"item {index}: there are only {index:,} items"
        if found := _in_value(wanted, item, f"item {index}"):
            return found
    return None


def _in_value(wanted: Any, given: Any, where: str) -> str | None:
    if isinstance(wanted, Fields | dict) and isinstance(given, Fields | dict):
        return _in_fields(wanted, given, where)
    if isinstance(wanted, list) and isinstance(given, list):
        return _in_list(wanted, given, where)
    if _equal(wanted, given):
        return None
    return f"{where}: {_told(given, wanted)} where the reference has {_told(wanted, given)}"


def _in_fields(wanted: Sides, given: Sides, where: str) -> str | None:
    """Compare by name; a relation that the other side lacks is none of its fields."""
    ours, theirs = (_of_name(side) for side in (wanted, given))
    for name in [*ours[0], *ours[1], *theirs[0], *theirs[1]]:
        one, other = (_value(name, side) for side in (ours, theirs))
        if one is MISSING or other is MISSING:
            if name in ours[0] or name in theirs[0]:
                has, lacks = ("lacks", "has") if other is MISSING else ("has", "lacks")
                return f"{where}: it {has} the field {name!r}, which the reference {lacks}"
        elif found := _in_value(one, other, f"{where}.{name}"):
            return found
    return None


def _of_name(side: Sides) -> tuple[dict[Any, Any], dict[Any, Any]]:
    return (side.values, side.relations) if isinstance(side, Fields) else (side, {})


def _value(name: Any, side: tuple[dict[Any, Any], dict[Any, Any]]) -> Any:
    return side[0].get(name, side[1].get(name, MISSING))


def _in_list(wanted: list[Any], given: list[Any], where: str) -> str | None:
    if len(wanted) != len(given):
        return f"{where}: it has {len(given):,} where the reference has {len(wanted):,}"
    for index, (one, other) in enumerate(zip(wanted, given, strict=True)):
        if found := _in_value(one, other, f"{where}[{index}]"):
            return found
    return None


def _equal(wanted: Any, given: Any) -> bool:
    """Whether two values are equal and of one kind: 1 == 1.0, but no caller takes it so."""
    if not (isinstance(given, type(wanted)) or isinstance(wanted, type(given))):
        return False
    if isinstance(given, bool) is not isinstance(wanted, bool):  # 1 == True, but not as JSON
        return False
    if isinstance(wanted, datetime | time) and wanted.utcoffset() != given.utcoffset():
        return False  # the same instant, but another hour to who reads it
    try:
        return bool(wanted == given or (wanted != wanted and given != given))
    except ArithmeticError:  # a signalling NaN
        return repr(wanted) == repr(given)


def _told(value: Any, other: Any) -> str:
    """Show a value; with its type, where the other looks the same."""
    said = repr(value)
    kind = f" ({type(value).__name__})" if said == repr(other) else ""
    return (said if len(said) <= LONGEST else f"{said[:LONGEST]}...") + kind
