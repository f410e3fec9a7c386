"""Where two values of plain data first differ, by their fields' names."""

from __future__ import annotations

import re
from datetime import datetime, time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from callmeter.normalize import Unordered
from callmeter.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MISSING: Any = object()
LONGEST = 100
"""Characters of a value that are shown."""
WIDEST = 20
"""Items of a value that are shown."""
DEEPEST = 3
"""Levels of a value that are shown."""


class Comparison:
    """A comparison of two results' values.

    `compared` and `ignored` tell whether there was a single value of which that is true.
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
        for name in _names(wanted, given):
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
        return any(
            all(each in _both(wanted, given) for each in key)
            if name == relation
            else name in key
            and (relation in _both(wanted, given) or self._leads_back(side.get(relation)))
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


def _names(wanted: Record, given: Record) -> Iterator[Any]:
    every = (wanted.values, wanted.optional, given.values, given.optional)
    return iter(dict.fromkeys(name for names in every for name in names))


def _both(wanted: Record, given: Record) -> set[Any]:
    """Return the names of the fields that both sides have."""
    ours, theirs = ({*side.values, *side.optional} for side in (wanted, given))
    return ours & theirs


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
    """Return a value as text: of what is within what is within it, only that it is there."""
    if isinstance(value, Record):
        named = islice((value.values | value.optional).items(), WIDEST)
        inner = [f"{name!r}: {_text(each, depth + 1)}" for name, each in named]
        return f"{{{', '.join(inner) if depth < DEEPEST else '...'}}}"
    if isinstance(value, list):
        inner = (
            [_text(each, depth + 1) for each in islice(value, WIDEST)] if depth < DEEPEST else []
        )
        return f"{'a set ' if isinstance(value, Unordered) else ''}[{', '.join(inner)}]"
    return repr(value)
