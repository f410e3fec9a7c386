"""The same data: the results of two functions, item by item, across processes.

The reference's result is written to a file as plain data, item by item; the others are compared
with it as they are read, so that no process holds both.
"""

from __future__ import annotations

import pickle
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from callmeter.comparison import MISSING, Comparison
from callmeter.normalize import Head, head, items

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

BOTH_EMPTY = "both results are empty: nothing was compared"
ALL_IGNORED = "nothing was compared: every field that has a value is ignored"


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
