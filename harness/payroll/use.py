"""What a call on a payroll consists of: loading it, reading all of it, adding up its amounts.

A strategy that makes its objects when they are looked at does its work then: a time that does not
read is not comparable. So the whole of a call is to load a payroll and to read every field of every
entry and component once, holding nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from strategies.support.contract import Kind, PremiumComponent, PremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    Sums = dict[Kind, Decimal]


class Part(StrEnum):
    """What of a call is measured.

    WHOLE is loading and reading; LOAD, loading alone; SUM, adding up the amounts by kind of a
    payroll that was loaded before.
    """

    WHOLE = "whole"
    LOAD = "load"
    SUM = "sum"


ENTRY_VALUES = tuple(field.name for field in fields(PremiumEntry) if field.name != "components")
COMPONENT_VALUES = tuple(field.name for field in fields(PremiumComponent))

_values_of_entry = attrgetter(*ENTRY_VALUES)
_values_of_component = attrgetter(*COMPONENT_VALUES)
exhaust = deque[Any](maxlen=0).extend
"""Reads an iterable to its end at the speed of C, holding nothing: its cost is the reading's."""


def read_entry(entry: Any) -> None:
    """Read every field of the entry and of its components once."""
    _values_of_entry(entry)
    exhaust(map(_values_of_component, entry.components))


def ignore(_: object) -> None:
    """Read nothing of an item."""


def read_entries(items: Iterable[Any]) -> None:
    """Read every field of every entry of a result, and of their components, once."""
    exhaust(map(read_entry, items))


def read_tables(tables: Iterable[Iterable[Iterable[Any]]]) -> None:
    """Read every value of every row of the tables."""
    for rows in tables:
        exhaust(map(exhaust, rows))


def sum_by_kind(result: Any) -> Sums:
    """Return the sum of the amounts by kind: by the result's method of that name, or by a loop."""
    method = getattr(result, "sum_by_kind", None)
    if method is not None:
        found: Sums = method()
        return found
    sums: Sums = defaultdict(Decimal)
    for entry in result:
        add_up(entry, sums)
    return sums


def add_up(entry: Any, sums: Sums) -> None:
    """Add the amounts of an entry's components to the sums."""
    for component in entry.components:
        sums[component.kind] += component.amount
