"""Equal data: by the fields' values, across classes, and where two results first differ."""

from __future__ import annotations

import itertools
import sqlite3
from collections import namedtuple
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import msgspec
import pydantic
import pytest

from callmeter.equality import ALL_IGNORED, BOTH_EMPTY
from comparing import difference


class Colour(Enum):
    RED = "red"


@dataclass
class Plain:
    id: int
    colour: Any = Colour.RED
    parts: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Slotted:
    id: int
    colour: Any = "red"
    parts: tuple[Any, ...] = ()


class Struct(msgspec.Struct):
    id: int
    colour: str = "red"
    parts: list[Any] = []


@attrs.define
class Attrs:
    id: int
    colour: str = "red"
    parts: tuple[Any, ...] = ()


class Model(pydantic.BaseModel):
    id: int
    colour: Colour = Colour.RED
    parts: tuple[Any, ...] = ()


class Loose(pydantic.BaseModel, extra="allow"):
    id: int


class Headers(dict[str, Any]):
    pass


Named = namedtuple("Named", ("id", "colour", "parts"))


class WithSlots:
    __slots__ = ("colour", "id", "parts", "unset")

    def __init__(self) -> None:
        self.id, self.colour, self.parts = 1, "red", ()


class View:
    """Its fields are properties of what it keeps for itself."""

    __slots__ = ("_row",)

    def __init__(self, *row: Any) -> None:
        self._row = row

    id = property(lambda self: self._row[0])
    colour = property(lambda self: self._row[1])
    parts = property(lambda self: self._row[2])


class Mixed:
    """One attribute is a property, as a setter of the class checks it; one property is its own."""

    def __init__(self) -> None:
        self.id, self.parts, self._colour = 1, [], "red"

    colour = property(lambda self: self._colour)
    shout = property(lambda self: self._colour.upper())
    broken = property(lambda self: self.nothing)


class Private:
    def __init__(self, value: int) -> None:
        self._value = value


class Record:
    """A row as asyncpg and sqlite3 have it: iterates its values, and is no Mapping."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def keys(self) -> list[str]:
        return list(self.values)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.values())


class Owner:
    def __init__(self, name: str) -> None:
        self.name = name
        self.parts = [SimpleNamespace(name="part", owner=self)]


def same_data() -> list[Any]:
    return [
        Plain(1),
        Slotted(1),
        Struct(1),
        Named(1, "red", []),
        SimpleNamespace(id=1, colour="red", parts=[]),
        {"id": 1, "colour": "red", "parts": []},
        WithSlots(),
        View(1, "red", []),
        Mixed(),
        Record(id=1, colour="red", parts=[]),
        Attrs(1),
        Model(id=1),
        Loose.model_validate({"id": 1, "colour": "red", "parts": []}),
        Headers(id=1, colour="red", parts=[]),
    ]


@pytest.mark.parametrize("one", same_data())
@pytest.mark.parametrize("other", same_data())
def test_objects_are_compared_by_their_fields(one: Any, other: Any) -> None:
    assert difference([one], [other]) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([Plain(1)], "item 1: there are only 1 items"),
        ([Plain(1), Plain(2), Plain(3)], "item 2: the reference has only 2 items"),
        ([Plain(1), Plain(3)], "item 1.id: 3 where the reference has 2"),
        ([Plain(1), Plain(2, None)], "item 1.colour: None where the reference has 'red'"),
        ([Plain(1), Plain(2, parts=[1])], "item 1.parts: it has 1 where the reference has 0"),
        ([Plain(1), {"id": 2, "colour": "red"}], "item 1: it lacks the field 'parts'"),
        ([Plain(1), Plain(True)], "item 1.id: True where the reference has 2"),
        ([Plain(1.0), Plain(2)], "item 0.id: 1.0 where the reference has 1"),
        ([Plain("1"), Plain(2)], "item 0.id: '1' where the reference has 1"),
        ([Plain(True), Plain(2)], "item 0.id: True where the reference has 1"),
        ([View(1, "red", []), View(2, "blue", [])], "item 1.colour: 'blue' where the reference"),
    ],
)
def test_the_first_difference_is_named(given: list[Any], message: str) -> None:
    found = difference([Plain(1), Plain(2)], given)
    assert found is not None
    assert found.startswith(message)


def test_a_field_too_many_is_a_difference() -> None:
    found = difference([{"id": 1}], [{"id": 1, "more": 2}])
    assert found == "item 0: it has the field 'more', which the reference lacks"


def test_private_attributes_are_compared_where_there_is_nothing_else() -> None:
    assert difference([Private(1)], [Private(1)]) is None
    assert difference([Private(1)], [Private(2)]) == "item 0._value: 2 where the reference has 1"


def test_an_object_is_shown_as_its_fields() -> None:
    assert difference([Plain(1)], [[1]]) == (
        "item 0: [1] where the reference has {'id': 1, 'colour': 'red', 'parts': []}"
    )


def test_what_leads_back_is_no_field_of_any_object() -> None:
    alone = {"name": "a", "parts": [{"name": "part"}]}
    for one, other in itertools.permutations([Owner("a"), alone, Owner("a")], 2):
        assert difference([one], [other]) is None
    assert difference([Owner("a")], [Owner("b")]) == "item 0.name: 'b' where the reference has 'a'"
    itself: list[Any] = [1]
    itself.append(itself)
    assert difference([itself], [[1, 2]]) is not None


def test_a_set_has_no_order_and_a_key_may_be_anything_hashable() -> None:
    names = [f"name {index}" for index in range(20)]
    assert difference(set(names), frozenset(names)) is None
    assert difference(set(names), {*names[1:], "more"}) is not None
    keyed = {(1, "a"): 1, frozenset({2}): 2}
    assert difference(keyed, dict(reversed(keyed.items()))) is None
    assert difference(keyed, {(1, "b"): 1, frozenset({2}): 2}) is not None


def test_values_that_look_alike_tell_their_type() -> None:
    given = UUID(int=1)
    found = difference([str(given)], [given])
    assert found is not None
    assert "UUID(" in found


def test_nan_is_nan_and_long_values_are_cut() -> None:
    assert difference([float("nan")], [float("nan")]) is None
    found = difference(["a" * 1_000], ["b" * 1_000])
    assert found is not None
    assert len(found) < 300


def test_the_same_instant_in_another_zone_is_another_value() -> None:
    here = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert difference([here], [datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("UTC"))]) is None
    found = difference([here], [here.astimezone(timezone(timedelta(hours=1)))])
    assert found is not None
    assert "datetime.datetime(2026, 1, 1, 13, 0" in found


class Page(list[Any]):
    """Items and how many there are in all."""

    def __init__(self, items: Any, total: Any) -> None:
        super().__init__(items)
        self.total = total


class Shelf:
    """A collection with attributes: its items, how many there are, a class, and a private one."""

    def __init__(self, items: list[Any], total: int) -> None:
        self.items, self.total, self.kind, self._private = items, total, Plain, object()

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


@pytest.mark.parametrize("one", [Page, Shelf, listed])
@pytest.mark.parametrize("other", [Page, Shelf, listed])
def test_the_attributes_of_a_collection_are_compared(one: Any, other: Any) -> None:
    wanted = one([Plain(1)], 10)
    assert difference(wanted, other([Plain(1)], 10)) is None
    assert difference([wanted], [other([Plain(1)], 10)]) is None
    assert difference(wanted, other([Plain(1)], 11)) == (
        "the result.total: 11 where the reference has 10"
    )
    assert difference([wanted], [other([Plain(1)], 11)]) == (
        "item 0.total: 11 where the reference has 10"
    )
    assert difference(wanted, other([Plain(2)], 10)) == "item 0.id: 2 where the reference has 1"
    assert difference([wanted], [other([Plain(2)], 10)]) is not None
    assert difference(wanted, [Plain(1)]) == (
        "the result: it lacks the field 'total', which the reference has"
    )
    assert difference([[Plain(1)]], [wanted]) == (
        "item 0: it has the field 'total', which the reference lacks"
    )


def test_the_attributes_of_a_mapping_are_compared() -> None:
    wanted, given = Headers(id=1), Headers(id=1)
    wanted.source, given.source = "a", "b"
    assert difference(wanted, given) == "item 0.source: 'b' where the reference has 'a'"


class Priced(pydantic.BaseModel, extra="allow"):
    price: Decimal
    factor: int = 2

    @pydantic.computed_field
    def total(self) -> Decimal:
        return self.price * self.factor


class Offered(pydantic.BaseModel, extra="allow"):
    price: Decimal
    factor: int = 2

    @pydantic.computed_field
    def total(self) -> Decimal:
        return self.price + self.factor


def test_the_extras_and_computed_fields_of_pydantic_are_compared() -> None:
    wanted = Priced(price=Decimal(1), extra="a")
    assert difference(wanted, Priced(price=Decimal(1), extra="a")) is None
    assert difference(wanted, wanted.model_dump()) is None
    assert difference(wanted, {"price": Decimal(1), "factor": 2, "extra": "a"}) is None
    assert difference(wanted, Priced(price=Decimal(1), extra="b")) == (
        "item 0.extra: 'b' where the reference has 'a'"
    )
    assert difference(wanted, Priced(price=Decimal(1))) == (
        "item 0: it lacks the field 'extra', which the reference has"
    )
    assert difference(wanted, Offered(price=Decimal(1), extra="a")) == (
        "item 0.total: Decimal('3') where the reference has Decimal('2')"
    )


def test_a_root_model_is_its_root() -> None:
    model = pydantic.RootModel[list[int]]
    assert difference([1, 2], model([1, 2])) is None
    assert difference({"ids": [1, 2]}, {"ids": model([1, 3])}) == (
        "item 0.ids[1]: 3 where the reference has 2"
    )


class Attributed:
    """What is not declared: an attribute that is set later, and one that is cached."""

    def __init__(self, rank: int, *, cached: bool = False) -> None:
        self.rank = rank
        if cached:
            assert self.double

    @cached_property
    def double(self) -> int:
        return self.rank * 2


def test_what_a_cached_property_has_cached_may_be_missing() -> None:
    assert difference([Attributed(1)], [Attributed(1, cached=True)]) is None
    assert difference([Attributed(1, cached=True)], [{"rank": 1, "double": 3}]) == (
        "item 0.double: 3 where the reference has 2"
    )


@pytest.mark.parametrize("empty", [[], (), {}, set(), None, "", b"", [[], []], Page([], 0)])
def test_two_empty_results_are_not_called_the_same(empty: Any) -> None:
    assert difference(empty, empty) == BOTH_EMPTY
    assert difference([Plain(1)], empty) not in (None, BOTH_EMPTY)
    assert difference(empty, [Plain(1)]) not in (None, BOTH_EMPTY)


def test_what_holds_a_value_is_not_empty() -> None:
    for result in (0, False, [None], {"id": None}, [""], Plain(None)):
        assert difference(result, result) is None


def test_fields_are_ignored_at_any_depth() -> None:
    wanted = [Plain(1, parts=[Plain(2)]), {"id": 3}]
    given = [Plain(10, parts=[Plain(20)]), {}]
    assert difference(wanted, given, ["id"]) is None
    assert difference(wanted, [Plain(1, parts=[Plain(20)]), {"id": 3}], ["parts.id"]) is None
    assert difference(wanted, given, ["parts.id"]) == "item 0.id: 10 where the reference has 1"
    assert difference(wanted, given, ["d"]) == "item 0.id: 10 where the reference has 1"
    assert difference([{"id": 1}], [{"id": 2}], ["id"]) == ALL_IGNORED
    assert difference(Page([1], 1), Page([1], 2), ["total"]) is None


@pytest.mark.parametrize(
    ("wanted", "given", "message"),
    [
        ([1, 2], {1, 2}, "the result is a set where the reference is a list"),
        ([1], 1, "the result is one object where the reference is a list"),
        (None, [1], "the result is a list where the reference is None"),
        ([{1, 2}], [[1, 2]], "item 0: [1, 2] where the reference has a set [1, 2]"),
    ],
)
def test_a_result_of_another_shape_is_a_difference(wanted: Any, given: Any, message: str) -> None:
    assert difference(wanted, given) == message


def test_a_row_is_a_tuple_too() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = connection.execute("SELECT 1, 'red', 2 AS id, 3 AS id").fetchall()
        connection.row_factory = sqlite3.Row
        named = connection.execute("SELECT 1 AS id, 'red' AS colour, 2 AS id, 3 AS id").fetchall()
    assert difference(rows, named) is None
    assert difference(named, rows) is None
    assert difference([Named(1, "red", 2)], [(1, "red", 2)]) is None
    assert difference([Named(1, "red", 2)], [(1, "red", 3)]) == (
        "item 0[2]: 3 where the reference has 2"
    )
    assert difference(rows, [(1, "red", 2, 4)]) == "item 0[3]: 4 where the reference has 3"
