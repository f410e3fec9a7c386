"""The same data: the results of two functions, item by item, across processes.

The reference's result is written to a file as plain data, item by item; the others are compared
with it as they are read, so that no process holds both.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from callmeter.normalize import Head, Unordered, head, items
from callmeter.record import Record

BOTH_EMPTY = "both results are empty: nothing was compared"
ALL_IGNORED = "nothing was compared: every field that has a value is ignored"
MISSING: Any = object()
LONGEST = 100
"""Characters of a value that are shown."""
WIDEST = 20
"""Items of a value that are shown."""
DEEPEST = 3
"""Levels of a value that are shown."""


def write(result: Any, path: Path) -> None:
    """Write the result to the file as plain data."""
    with path.open("wb") as file:
        pickle.dump(head(result), file)
        for item in items(result):
            pickle.dump(item, file)


def difference(result: Any, path: Path, ignore: Collection[str] = ()) -> str | None:
    """Return where the result first differs from the one in the file; None if it does not.

    Two empty results are not the same: nothing was compared, and BOTH_EMPTY is returned. The fields
    to `ignore` may differ, or be missing: a field's name, at any depth, or the end of its path, as
    `components.id`.
    """
    reference = read(path)
    different = _in_heads(next(reference), head(result), ignore)
    return different or first_difference(reference, items(result), ignore)


def read(path: Path) -> Iterator[Any]:
    """Return the head and the items in the file that `write` wrote."""
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # noqa: S301 - written by `write`, where nobody else can


def first_difference(
    expected: Iterable[Any], given: Iterable[Any], ignore: Collection[str] = ()
) -> str | None:
    """Return where the items of plain data first differ, or that none of them were compared."""
    comparison, index = Comparison(ignore), -1
    for index, (wanted, item) in enumerate(zip_longest(expected, given, fillvalue=MISSING)):
        if wanted is MISSING:
            return f"item {index}: the reference has only {index:,} items"
        if item is MISSING:
            return f"item {index}: there are only {index:,} items"
        if found := comparison.difference(wanted, item, f"item {index}"):
            return found
    if comparison.compared:
        return None
    return ALL_IGNORED if comparison.ignored else BOTH_EMPTY


def _in_heads(wanted: Head, given: Head, ignore: Collection[str]) -> str | None:
    if wanted.kind != given.kind:
        return f"the result is {given.kind} where the reference is {wanted.kind}"
    return Comparison(ignore).difference(wanted.attributes, given.attributes, "the result")


class Comparison:
    """A comparison of two results' values.

    `compared` and `ignored`: whether any single value was.
    """

    def __init__(self, ignore: Collection[str] = ()) -> None:
        self.compared = self.ignored = False
        self._ignore = tuple(f".{name}" for name in ignore)
        self._pairs: set[tuple[int, int]] = set()
        self._above: list[int] = []

    def difference(self, wanted: Any, given: Any, where: str) -> str | None:
        """Return where two values first differ; None if they do not."""
        self._pairs.clear()  # their ids may be others' now
        return self._in_value(wanted, given, where)

    def _in_value(
        self, wanted: Any, given: Any, where: str, back_key: tuple[str, ...] = ()
    ) -> str | None:
        if self._is_known(wanted, given):
            return None
        wanted, given = _alike(wanted, given)
        if isinstance(wanted, Record) and isinstance(given, Record):
            return self._in_record(wanted, given, where, back_key)
        if isinstance(wanted, list) and type(wanted) is type(given):
            return self._in_list(wanted, given, where, back_key)
        self.compared = True
        if _is_equal(wanted, given):
            return None
        return f"{where}: {_shown(given, wanted)} where the reference has {_shown(wanted, given)}"

    def _in_list(
        self, wanted: list[Any], given: list[Any], where: str, back_key: tuple[str, ...]
    ) -> str | None:
        if len(wanted) != len(given):
            return f"{where}: it has {len(given):,} where the reference has {len(wanted):,}"
        for index, (one, other) in enumerate(zip(wanted, given, strict=True)):
            if found := self._in_value(one, other, f"{where}[{index}]", back_key):
                return found
        return None

    def _in_record(
        self, wanted: Record, given: Record, where: str, back_key: tuple[str, ...]
    ) -> str | None:
        self._above += id(wanted), id(given)
        found = self._in_fields(wanted, given, where, back_key)
        del self._above[-2:]
        if found or wanted.items is given.items is None:
            return found
        return self._in_value(wanted.items, given.items, where)

    def _is_known(self, wanted: Any, given: Any) -> bool:
        """Whether the two are being compared already, or were: what leads back has no end."""
        if not (isinstance(wanted, Record | list) and isinstance(given, Record | list)):
            return False
        pair = (id(wanted), id(given))
        known = pair in self._pairs
        self._pairs.add(pair)
        return known

    def _in_fields(
        self, wanted: Record, given: Record, where: str, back_key: tuple[str, ...]
    ) -> str | None:
        sides = (wanted.values, wanted.optional, given.values, given.optional)
        for name in dict.fromkeys(chain(*sides)):
            inner = f"{where}.{name}"
            if self._is_ignored(inner):
                self.ignored = True
                continue
            one, other = wanted.get(name, MISSING), given.get(name, MISSING)
            if one is not MISSING and other is not MISSING:
                key = wanted.back_keys.get(name) or given.back_keys.get(name) or ()
                if found := self._in_value(one, other, inner, key):
                    return found
            elif name not in back_key and not self._may_lack(name, wanted, given):
                has, lacks = ("lacks", "has") if other is MISSING else ("has", "lacks")
                return f"{where}: it {has} the field {name!r}, which the reference {lacks}"
        return None

    def _is_ignored(self, where: str) -> bool:
        return bool(self._ignore) and re.sub(r"\[\d+\]", "", where).endswith(self._ignore)

    def _may_lack(self, name: Any, wanted: Record, given: Record) -> bool:
        """Whether a field that only one side has is no difference.

        It is none if it derives from others, if it leads back, or if it is a relation or its
        foreign key, and both sides have the other of these two.
        """
        side = wanted if wanted.get(name, MISSING) is not MISSING else given
        if name in side.optional or self._leads_back(side.values[name]):
            return True
        both = wanted.names() & given.names()
        return any(
            both.issuperset(key)
            if name == relation
            else name in key and (relation in both or self._leads_back(side.get(relation)))
            for relation, key in side.keys.items()
        )

    def _leads_back(self, value: Any) -> bool:
        several = value if isinstance(value, list) and value else [value]
        return all(isinstance(each, Record) and id(each) in self._above for each in several)


def _alike(wanted: Any, given: Any) -> tuple[Any, Any]:
    """Return the two as records, or as lists, where only one of them is one.

    A row is compared with a tuple by position; a list with attributes is a list that has none.
    """
    if isinstance(wanted, Record) and isinstance(given, list):
        return _beside(wanted, given)
    if isinstance(given, Record) and isinstance(wanted, list):
        return _beside(given, wanted)[::-1]
    return wanted, given


def _beside(record: Record, items: list[Any]) -> tuple[Any, Any]:
    if record.is_row:
        return list(record.values.values()), items
    return record, items if record.items is None else Record({}, items=items)


def _is_equal(wanted: Any, given: Any) -> bool:
    """Whether two single values are equal and of one type: 1 == 1.0, but no caller takes it so."""
    if type(wanted) is not type(given):
        return False
    if isinstance(wanted, Decimal):
        return bool(wanted.as_tuple() == given.as_tuple())  # 1.0 == 1.00
    if isinstance(wanted, datetime | time):  # the same instant, but another hour to who reads it
        same_zone = wanted.utcoffset() == given.utcoffset() and wanted.fold == given.fold
        return same_zone and bool(wanted == given)
    return bool(wanted == given or (wanted != wanted and given != given))


def _shown(value: Any, other: Any) -> str:
    """Return a value as text, with its type where the other one looks the same."""
    text = _text(value)
    kind = f" ({type(value).__name__})" if text == _text(other) else ""
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}...") + kind


def _text(value: Any, depth: int = 0) -> str:
    """Return a value as text: below the levels that are shown, only that something is there."""
    if isinstance(value, Record):
        named = islice((value.values | value.optional).items(), WIDEST)
        inner = (f"{name!r}: {_text(each, depth + 1)}" for name, each in named)
        return f"{{{', '.join(inner) if depth < DEEPEST else '...'}}}"
    if isinstance(value, list):
        shown = islice(value, WIDEST if depth < DEEPEST else 0)
        inner = (_text(each, depth + 1) for each in shown)
        return f"{'a set ' if isinstance(value, Unordered) else ''}[{', '.join(inner)}]"
    return repr(value)
