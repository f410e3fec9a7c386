"""Equal data: the attributes of collections, empty results, and fields to ignore."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.equality import ALL_IGNORED, BOTH_EMPTY
from comparing import difference, shortly

if TYPE_CHECKING:
    from collections.abc import Iterator


def plain(number: Any, **fields: Any) -> SimpleNamespace:
    return SimpleNamespace(id=number, colour="red", **fields)


class Page(list[Any]):
    """A list with an attribute."""

    def __init__(self, items: Any, total: Any) -> None:
        super().__init__(items)
        self.total = total


class Shelf:
    """An iterable with its items among its attributes, a class, and a private one."""

    def __init__(self, items: list[Any], total: int) -> None:
        self.items, self.total, self.kind, self._private = items, total, SimpleNamespace, object()

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


@dataclass
class Listed(list[Any]):
    total: int


def listed(items: list[Any], total: int) -> Listed:
    made = Listed(total)
    made.extend(items)
    return made


@pytest.mark.parametrize("wanted", [Page, Shelf, listed])
@pytest.mark.parametrize("given", [Page, Shelf, listed])
def test_the_attributes_of_a_collection_are_compared(wanted: Any, given: Any) -> None:
    reference = wanted([plain(1)], 10)
    for other, message in (
        (given([plain(1)], 10), None),
        (given([plain(1)], 11), "the result.total: 11 != 10"),
        (given([plain(2)], 10), "item 0.id: 2 != 1"),
        ([plain(1)], "the result: -total"),
    ):
        assert shortly(difference(reference, other)) == message
        assert (difference([reference], [other]) is None) == (message is None)


@pytest.mark.parametrize("empty", [[], (), {}, set(), None, "", b"", [[], []], Page([], 0)])
def test_two_empty_results_are_not_the_same(empty: Any) -> None:
    assert difference(empty, empty) == BOTH_EMPTY
    assert difference([plain(1)], empty) not in (None, BOTH_EMPTY)
    assert difference(empty, [plain(1)]) not in (None, BOTH_EMPTY)


@pytest.mark.parametrize(
    ("wanted", "given", "ignore", "message"),
    [
        ([plain(1, parts=[plain(2)])], [plain(10, parts=[plain(20)])], "id", None),
        ([{"id": 3, "x": 1}], [{"x": 1}], "id", None),
        ([plain(1, parts=[plain(2)])], [plain(1, parts=[plain(20)])], "parts.id", None),
        ([plain(1)], [plain(10)], "parts.id", "item 0.id: 10 != 1"),
        ([plain(1)], [plain(10)], "d", "item 0.id: 10 != 1"),
        ([{"id": 1}], [{"id": 2}], "id", ALL_IGNORED),
        (Page([1], 1), Page([1], 2), "total", None),
    ],
)
def test_fields_are_ignored_at_any_depth(
    wanted: Any, given: Any, ignore: str, message: str | None
) -> None:
    assert shortly(difference(wanted, given, [ignore])) == message
