"""Plain data: values of many types, what leads back, and that no leaf of it is lost."""

from __future__ import annotations

import ipaddress
import logging
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import numpy
import pandas
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callmeter.equality import BOTH_EMPTY
from callmeter.normalize import has_fields
from comparing import difference

BERLIN, UTC_BY_NAME = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AMBIGUOUS = datetime(2026, 10, 25, 2, 30)


class Level(IntEnum):
    LOW = 1


class Right(Flag):
    READ = 1
    WRITE = 2


class Pair(Enum):
    ONE = (1, 2)


class Text(str):
    def __str__(self) -> str:
        return "another text"


class Moment(datetime):
    pass


class Identity(UUID):
    pass


class FailedError(Exception):
    pass


class Pages:
    """An object that has another attribute where a mapping has its keys."""

    keys = None

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, index: int) -> str:
        return self.name[index]


class Point(NamedTuple):
    x: int


class FrozenPoint(msgspec.Struct, frozen=True):
    x: int


class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.linked: list[Node] = []


def offset(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))


def ring(*names: str) -> Node:
    """Return the first of nodes that are all linked with one another, and with themselves."""
    nodes = [Node(name) for name in names]
    for node in nodes:
        node.linked = nodes
    return nodes[0]


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (Level.LOW, 1),
        (Right.READ | Right.WRITE, 3),
        (Pair.ONE, [1, 2]),
        (Text("a"), "a"),
        (Identity(int=1), UUID(int=1)),
        (Moment(2026, 1, 1, 12, tzinfo=UTC), NOON.replace(tzinfo=UTC_BY_NAME)),
        (AMBIGUOUS.replace(tzinfo=BERLIN), AMBIGUOUS.replace(tzinfo=offset(2))),
        (AMBIGUOUS.replace(tzinfo=BERLIN, fold=1), AMBIGUOUS.replace(tzinfo=offset(1))),
        (memoryview(b"a"), b"a"),
        (bytearray(b"a"), b"a"),
        (array("i", [1, 2]), [1, 2]),
        (deque([1]), (1,)),
        (range(2), [0, 1]),
        (iter([1, 2]), [1, 2]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        (frozenset({1}), {1}),
        (OrderedDict(a=1), {"a": 1}),
        (UserDict(a=1), {"a": 1}),
        (UserList([1]), [1]),
        (ChainMap({"a": 1}, {"b": 2}), {"a": 1, "b": 2}),
        (Counter("a"), {"a": 1}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (Point(1), {"x": 1}),
        (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8")),
        (PurePosixPath("/a"), PurePosixPath("/a")),
        (Fraction(1, 2), Fraction(1, 2)),
        (logging.getLogger("a"), logging.getLogger("a")),
        (float("nan"), float("nan")),
        (Decimal("sNaN"), Decimal("sNaN")),
        (Point, Point),
        (len, len),
        (msgspec.UNSET, msgspec.UNSET),
        ({Level.LOW: 1}, {1: 1}),
        ({NOON: 1}, {NOON.replace(tzinfo=UTC_BY_NAME): 1}),
        ({Point(x) for x in range(20)}, frozenset(FrozenPoint(x) for x in reversed(range(20)))),
        ([ring("a", "b")] * 2, [ring("a", "b"), ring("a", "b")]),  # what is shared equals copies
    ],
)  # fmt: skip
def test_equal_values_of_other_types_are_equal(value: Any, same: Any) -> None:
    assert difference([value], [same]) is None


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (1, 1.0),
        (1, True),
        (1, Decimal(1)),
        (1, "1"),
        ("a", b"a"),
        (UUID(int=1), str(UUID(int=1))),
        (Decimal("1.0"), Decimal("1.00")),
        (date(2026, 1, 1), datetime(2026, 1, 1)),
        (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (NOON, NOON.astimezone(offset(1))),  # the same instant, in another zone
        (AMBIGUOUS, AMBIGUOUS.replace(fold=1)),
        (AMBIGUOUS.replace(tzinfo=BERLIN), AMBIGUOUS.replace(tzinfo=BERLIN, fold=1)),
        (time(1, tzinfo=UTC), time(1)),
        (time(1, tzinfo=BERLIN), time(1)),
        (timedelta(1), timedelta(2)),
        (memoryview(b"a"), b"b"),
        ({1}, {2}),
        ({Decimal("1.0")}, {Decimal("1.00")}),
        ({Point(1)}, {FrozenPoint(1), FrozenPoint(2)}),
        ({1: "a"}, {1.0: "a"}),
        ({1: "a"}, {True: "a"}),
        ({None: "a"}, {"None": "a"}),
        (ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.2")),
        (PurePosixPath("/a"), PurePosixPath("/b")),
        (Fraction(1, 2), Fraction(1, 3)),
        (Point, Node),
        (Level.LOW, Right.WRITE),
        ([SimpleNamespace(a=1)], [SimpleNamespace(a=2)]),
        (object(), object),
        (FailedError("a"), FailedError("b")),
        (Pages("a"), Pages("b")),
        (pandas.Period("2026-01-01"), pandas.Period("2026-01-02")),
        (pandas.Interval(0, 1), pandas.Interval(0, 2)),
        (numpy.longdouble(1), numpy.longdouble(2)),
    ],
)
def test_a_difference_of_value_or_type_is_found(value: Any, other: Any) -> None:
    found = difference([value], [other])
    assert found is not None
    assert found.startswith("item 0")
    assert "\n" not in found
    assert difference([other], [value]) is not None


def test_what_is_linked_by_many_paths_is_read_once() -> None:
    names = [f"name {index}" for index in range(50)]  # 50! paths through them
    assert difference(ring(*names), ring(*names)) is None
    assert difference(ring(*names), ring(*names[:-1], "x")) == (
        "item 0.linked[49].name: 'x' where the reference has 'name 49'"
    )


def test_only_an_object_has_fields() -> None:
    assert has_fields(Node("a"))
    assert has_fields(Point(1))
    assert not any(map(has_fields, (1, "a", [1], {"a": 1}, iter([1]))))


SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
    *(st.decimals(), st.dates(), st.times(), st.timedeltas(), st.uuids()),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.frozensets(st.integers()),
)
NAMES = st.text("abc", min_size=1)
DATA = st.lists(
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(NAMES, inner)
            | st.dictionaries(NAMES, inner).map(lambda fields: SimpleNamespace(**fields))
        ),
        max_leaves=10,  # to make larger ones takes longer than all else
    )
)


@given(DATA, st.data())
def test_data_equals_itself_and_no_other_length_or_leaf(
    data: list[Any], drawn: st.DataObject
) -> None:
    assert difference(data, data) in (None, BOTH_EMPTY)
    size = len(data)
    assert difference(data, [*data, 1]) == f"item {size}: the reference has only {size:,} items"
    assert difference([*data, 1], data) == f"item {size}: there are only {size:,} items"
    leaves = paths(data)
    assume(leaves)
    found = difference(data, changed(data, drawn.draw(st.sampled_from(leaves))))
    assert found is not None
    assert "'a changed leaf'" in found


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every leaf."""
    inner = children(value)
    if inner is None:
        return [path]
    return [leaf for name, child in inner.items() for leaf in paths(child, (*path, name))]


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a copy of the value with another leaf at the path."""
    if not path:
        return "a changed leaf"
    inner = dict(children(value) or {})
    inner[path[0]] = changed(inner[path[0]], path[1:])
    if isinstance(value, list):
        return list(inner.values())
    return inner if isinstance(value, dict) else SimpleNamespace(**inner)


def children(value: Any) -> dict[Any, Any] | None:
    if isinstance(value, list):
        return dict(enumerate(value))
    if isinstance(value, SimpleNamespace):
        return vars(value)
    return value if isinstance(value, dict) else None
