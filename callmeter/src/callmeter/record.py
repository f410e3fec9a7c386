"""A record: the fields of an object by name, and what may be missing where it is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Keys = dict[str, tuple[str, ...]]


@dataclass(slots=True, eq=False)
class Record:
    """The fields of an object.

    Of the `optional` ones, which derive from the others, another class may lack any. Of a relation
    and its foreign key, `keys`, another class needs one only. `back_keys` are a relation's foreign
    key in the related objects, which only leads back. `contents` is the object itself, if it is a
    container with attributes, and `items` are its items. A row may be compared by position.
    """

    values: dict[Any, Any]
    optional: dict[Any, Any] = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    back_keys: Keys = field(default_factory=dict)
    contents: Any = None
    items: Any = None
    is_row: bool = False

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the value of a field."""
        return self.values.get(name, self.optional.get(name, default))

    def names(self) -> set[Any]:
        """Return the names of all fields."""
        return {*self.values, *self.optional}


def numbered(names: Iterable[Any]) -> list[Any]:
    """Return the names, with a number at one that was there before: a join may have two `id`."""
    times: Counter[Any] = Counter()
    found = []
    for name in names:
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return found
