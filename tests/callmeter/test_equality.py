"""Equal data: by the fields' values, across classes, and where two results first differ."""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from contextlib import closing
from dataclasses import dataclass, field, make_dataclass
from enum import Enum
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import pydantic
import pytest

from comparing import difference, shortly

if TYPE_CHECKING:
    from collections.abc import Iterator


class Colour(Enum):
    RED = "red"


@dataclass
class Plain:
    id: Any
    colour: Any = Colour.RED
    parts: list[Any] = field(default_factory=list)


NAMES = ("id", "colour", "parts")
Slotted = make_dataclass("Slotted", NAMES, slots=True)
Struct = msgspec.defstruct("Struct", NAMES)
Attrs = attrs.make_class("Attrs", NAMES)
Model = pydantic.create_model("Model", id=int, colour=Colour, parts=tuple)
Loose: Any = pydantic.create_model("Loose", __config__={"extra": "allow"}, id=int)
Root = pydantic.RootModel[list[int]]
Named: Any = namedtuple("Named", "id colour parts")


class Headers(dict[str, Any]):
    source: str


class WithSlots:
    __slots__ = (*NAMES, "unset")

    def __init__(self) -> None:
        self.id, self.colour, self.parts = 1, "red", ()


class View:
    """All attributes are private, so that the properties are the fields."""

    __slots__ = ("_row",)

    def __init__(self, *row: Any) -> None:
        self._row = row

    id = property(lambda self: self._row[0])
    colour = property(lambda self: self._row[1])
    parts = property(lambda self: self._row[2])


class Mixed:
    """Properties beside public attributes: one is a field, the others only derive from it."""

    def __init__(self) -> None:
        self.id, self.parts, self._colour = 1, (), "red"

    colour = property(lambda self: self._colour)
    shout = property(lambda self: self._colour.upper())
    broken = property(lambda self: self.nothing)


class Private:
    def __init__(self, value: int) -> None:
        self._value = value


class Record:
    """A row as of asyncpg and sqlite3: it has keys, iterates its values, and is no Mapping."""

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


class Cached:
    def __init__(self, rank: int, *, cached: bool = False) -> None:
        self.rank = rank
        if cached:
            assert self.double

    @cached_property
    def double(self) -> int:
        return self.rank * 2


class Priced(pydantic.BaseModel):
    price: int
    factor: int = 2

    @pydantic.computed_field
    def total(self) -> int:
        return self.price * self.factor


class Offered(Priced):
    @pydantic.computed_field
    def total(self) -> int:
        return self.price + self.factor


VALUES = {"id": 1, "colour": "red", "parts": []}
BY_POSITION = (Plain, Slotted, Struct, Attrs, Named, View)
BY_NAME = (Model, Loose, SimpleNamespace, Record, Headers, dict)
SAME_FIELDS = [kind(*VALUES.values()) for kind in BY_POSITION]
SAME_FIELDS += [WithSlots(), Mixed(), *(kind(**VALUES) for kind in BY_NAME)]
TEXTS = [f"text {index}" for index in range(20)]
TWO = [Plain(1), Plain(2)]


def headers(source: str) -> Headers:
    made = Headers(id=1)
    made.source = source
    return made


def itself() -> list[Any]:
    made: list[Any] = [1]
    made.append(made)
    return made


@pytest.mark.parametrize("wanted", SAME_FIELDS, ids=lambda value: type(value).__name__)
def test_objects_of_any_class_are_compared_by_their_fields(wanted: Any) -> None:
    for given in SAME_FIELDS:
        assert difference([wanted], [given]) is None


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ([Private(1)], [Private(1)]),
        ([Owner("a")], [{"name": "a", "parts": [{"name": "part"}]}]),  # what leads back is no field
        ([Owner("a")], [Owner("a")]),
        (set(TEXTS), frozenset(TEXTS)),
        ({(1, "a"): 1, frozenset({2}): 2}, {frozenset({2}): 2, (1, "a"): 1}),
        ([Cached(1)], [Cached(1, cached=True)]),  # what a cached property holds may be missing
        ([1, 2], Root([1, 2])),
        (Priced(price=1), Priced(price=1).model_dump()),
        (Priced(price=1), {"price": 1, "factor": 2}),  # a computed field may be missing
        ([Named(1, "red", 2)], [(1, "red", 2)]),
        *((value, value) for value in (0, False, [None], {"id": None}, [""], Plain(None))),
    ],
)
def test_equal_results(wanted: Any, given: Any) -> None:
    assert difference(wanted, given) is None
    assert difference(given, wanted) is None


@pytest.mark.parametrize(
    ("wanted", "given", "message"),
    [
        (TWO, [Plain(1)], "item 1: there are only 1 items"),
        (TWO, [*TWO, Plain(3)], "item 2: the reference has only 2 items"),
        (TWO, [Plain(1), Plain(3)], "item 1.id: 3 != 2"),
        (TWO, [Plain(1), Plain(2, None)], "item 1.colour: None != 'red'"),
        (TWO, [Plain(1), Plain(2, parts=[1])], "item 1.parts: it has 1 != 0"),
        (TWO, [Plain(1), View(2, "x", [])], "item 1.colour: 'x' != 'red'"),
        (TWO, [Plain(1), {"id": 2, "colour": "red"}], "item 1: -parts"),
        ([{"id": 1}], [{"id": 1, "x": 2}], "item 0: +x"),
        ([Plain(1)], [[1]], "item 0: [1] != {'id': 1, 'colour': 'red', 'parts': []}"),
        ([Private(1)], [Private(2)], "item 0._value: 2 != 1"),
        ([Owner("a")], [Owner("b")], "item 0.name: 'b' != 'a'"),
        ([Named(1, "red", 2)], [(1, "red", 3)], "item 0[2]: 3 != 2"),
        (headers("a"), headers("b"), "item 0.source: 'b' != 'a'"),
        (Loose(id=1, x=1), Loose(id=1, x=2), "item 0.x: 2 != 1"),
        (Loose(id=1, x=1), Loose(id=1), "item 0: -x"),
        (Priced(price=1), Offered(price=1), "item 0.total: 3 != 2"),
        ({"ids": [1, 2]}, {"ids": Root([1, 3])}, "item 0.ids[1]: 3 != 2"),
        ([Cached(1, cached=True)], [{"rank": 1, "double": 3}], "item 0.double: 3 != 2"),
        ([1], ["1"], "item 0: '1' != 1"),
        ([1, 2], {1, 2}, "the result is a set where the reference is a list"),
        ([1], 1, "the result is one object where the reference is a list"),
        (None, [1], "the result is a list where the reference is None"),
        ([{1, 2}], [[1, 2]], "item 0: [1, 2] != a set [1, 2]"),
    ],
)  # fmt: skip
def test_the_first_difference_is_named(wanted: Any, given: Any, message: str) -> None:
    assert shortly(difference(wanted, given)) == message


def test_a_difference_is_a_sentence() -> None:
    changed, lacking, more = {"id": 2, "x": 1}, {"id": 1}, {"id": 1, "x": 1, "y": 1}
    assert [difference({"id": 1, "x": 1}, given) for given in (changed, lacking, more)] == [
        "item 0.id: 2 where the reference has 1",
        "item 0: it lacks the field 'x', which the reference has",
        "item 0: it has the field 'y', which the reference lacks",
    ]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ([itself()], [[1, 2]]),
        (set(TEXTS), {*TEXTS[1:], "more"}),
        ({(1, "a"): 1}, {(1, "b"): 1}),
        (["a" * 1_000], ["b" * 1_000]),
    ],
)
def test_a_difference_is_one_short_line(wanted: Any, given: Any) -> None:
    found = difference(wanted, given)
    assert found is not None
    assert len(found) < 300
    assert "\n" not in found


def test_a_row_of_sqlite3_is_a_tuple_too() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = connection.execute("SELECT 1, 'red', 2 AS id, 3 AS id").fetchall()
        connection.row_factory = sqlite3.Row
        named = connection.execute("SELECT 1 AS id, 'red' AS colour, 2 AS id, 3 AS id").fetchall()
    assert difference(rows, named) is None
    assert difference(named, rows) is None
    assert shortly(difference(rows, [(1, "red", 2, 4)])) == "item 0[3]: 4 != 3"


def test_a_secret_is_compared_and_never_shown() -> None:
    class Account(pydantic.BaseModel):
        password: pydantic.SecretStr

    first, same, other = (
        Account.model_validate({"password": text}) for text in ("hunter2", "hunter2", "swordfish")
    )
    assert difference([first], [same]) is None
    shown = difference([first], [other])
    assert shown is not None
    assert not any(text in shown for text in ("hunter2", "swordfish"))
