"""Plain data: values of many types, what leads back, and that no leaf of it is lost."""

from __future__ import annotations

import ipaddress
import logging
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, deque
from collections.abc import Callable
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
import pydantic
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callmeter.equality import BOTH_EMPTY
from callmeter.normalize import has_fields, normalize
from comparing import difference

BERLIN = ZoneInfo("Europe/Berlin")
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


class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.linked: list[Node] = []


def offset(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))


def ring(*names: str) -> Node:
    """Return the first of nodes that are all linked with each other, and with themselves."""
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
        (Moment(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))),
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
        (Point(1), (1,)),
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
        ({datetime(2026, 1, 1, tzinfo=UTC): 1}, {datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")): 1}),
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
        (Decimal("1.0"), Decimal("1.00")),
        (date(2026, 1, 1), datetime(2026, 1, 1)),
        (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (AMBIGUOUS, AMBIGUOUS.replace(fold=1)),
        (AMBIGUOUS.replace(tzinfo=BERLIN), AMBIGUOUS.replace(tzinfo=BERLIN, fold=1)),
        (time(1, tzinfo=UTC), time(1)),
        (time(1, tzinfo=BERLIN), time(1)),
        (timedelta(1), timedelta(2)),
        (memoryview(b"a"), b"b"),
        ({1}, {2}),
        ({Decimal("1.0")}, {Decimal("1.00")}),
        ({1: "a"}, {1.0: "a"}),
        ({1: "a"}, {True: "a"}),
        ({None: "a"}, {"None": "a"}),
        (ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.2")),
        (PurePosixPath("/a"), PurePosixPath("/b")),
        (Fraction(1, 2), Fraction(1, 3)),
        (Point, Node),
        (Level.LOW, Right.WRITE),
        ([SimpleNamespace(a=1)], [SimpleNamespace(a=2)]),
        (iter([1]), iter([2])),
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


def test_sets_of_objects_have_no_order_of_items_or_fields() -> None:
    ones = {Point(index) for index in range(20)}
    others = frozenset(PointOf(index) for index in reversed(range(20)))
    assert difference(ones, others) is None
    assert difference([ones], [others]) is None
    assert difference([ones], [others | {PointOf(20)}]) is not None
    assert difference(ones, frozenset(PointOf(index) for index in range(1, 21))) is not None


class PointOf(msgspec.Struct, frozen=True):
    x: int


def test_what_is_linked_in_every_way_is_read_once() -> None:
    names = [f"name {index}" for index in range(50)]  # 50! ways through them
    assert difference(ring(*names), ring(*names)) is None
    assert difference(ring(*names), ring(*names[:-1], "x")) == (
        "item 0.linked[49].name: 'x' where the reference has 'name 49'"
    )
    assert normalize(ring("a")).values["linked"][0].values["name"] == "a"


def test_objects_that_are_shared_equal_copies_of_them() -> None:
    shared = Node("a")
    assert difference([[shared, shared]], [[Node("a"), Node("a")]]) is None
    assert difference([[shared, shared]], [[Node("a"), Node("b")]]) == (
        "item 0[1].name: 'b' where the reference has 'a'"
    )


def test_only_an_object_has_fields() -> None:
    assert has_fields(Node("a"))
    assert has_fields(Point(1))
    assert not any(has_fields(each) for each in (1, "a", [1], {"a": 1}, iter([1])))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.uuids(),
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


@given(DATA)
def test_data_equals_itself_and_is_not_what_has_more(data: list[Any]) -> None:
    assert difference(data, data) in (None, BOTH_EMPTY)
    assert difference(data, [*data, "more"]) == (
        f"item {len(data)}: the reference has only {len(data):,} items"
    )
    assert (
        difference([*data, "more"], data) == f"item {len(data)}: there are only {len(data):,} items"
    )


@given(DATA, st.data())
def test_a_leaf_that_has_changed_is_found(data: list[Any], drawn: st.DataObject) -> None:
    leaves = list(of_leaves(data))
    assume(leaves)
    path = drawn.draw(st.sampled_from(leaves))
    found = difference(data, changed(data, path))
    assert found is not None
    assert "'a changed leaf'" in found


def of_leaves(value: Any, path: tuple[Any, ...] = ()) -> Any:
    inner = children(value)
    if inner is None:
        return [path]
    return [leaf for name, each in inner.items() for leaf in of_leaves(each, (*path, name))]


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a copy of the value with another leaf at the path."""
    if not path:
        return "a changed leaf"
    inner = children(value) or {}
    inner = inner | {path[0]: changed(inner[path[0]], path[1:])}
    kinds: dict[type, Callable[[dict[Any, Any]], Any]] = {
        list: lambda fields: list(fields.values()),
        SimpleNamespace: lambda fields: SimpleNamespace(**fields),
    }
    return kinds.get(type(value), dict)(inner)


def children(value: Any) -> dict[Any, Any] | None:
    if isinstance(value, list):
        return dict(enumerate(value))
    if isinstance(value, SimpleNamespace):
        return vars(value)
    return value if isinstance(value, dict) else None


def test_a_secret_is_compared_and_never_shown() -> None:
    class Account(pydantic.BaseModel):
        password: pydantic.SecretStr

    one, same, other = (Account(password=text) for text in ("hunter2", "hunter2", "swordfish"))
    assert difference([one], [same]) is None
    shown = difference([one], [other])
    assert shown is not None
    assert "hunter2" not in shown
    assert "swordfish" not in shown
