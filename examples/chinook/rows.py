"""Parents with their children, made of the rows of two queries."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def with_children(
    key: str,
    parents: Iterable[Any],
    children: Iterable[Any],
    parent_class: Callable[..., Any],
    child_class: Callable[..., Any],
) -> Iterator[Any]:
    """Yield an object of each parent: of its columns, then of a list of its children.

    Both queries are in the order of the column `key`, which is the first of a child's row and is
    not passed to its class.
    """
    key_of = attrgetter(key)
    groups: Iterator[tuple[Any, Iterable[Any]]] = groupby(children, key_of)
    owner, group = next(groups, (None, ()))
    for row in parents:
        made = []
        if key_of(row) == owner:
            made = [child_class(*values[1:]) for values in group]
            owner, group = next(groups, (None, ()))
        yield parent_class(*row, made)
