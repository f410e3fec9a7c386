"""Equal data: by the fields' values, across classes, and where two results first differ."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pyarrow
import pytest
from harness.own import same
from harness.own.plain import Fields, items, plain
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.exc import DetachedInstanceError
from sqlalchemy.pool import StaticPool


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


def ways() -> list[Any]:
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
    ]


@pytest.mark.parametrize("one", ways())
@pytest.mark.parametrize("other", ways())
def test_objects_are_compared_by_their_fields(one: Any, other: Any) -> None:
    assert difference([one], [other]) is None


def difference(wanted: Any, given: Any) -> str | None:
    return same.first_difference(items(wanted), items(given))


@pytest.mark.parametrize(
    ("given", "said"),
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
def test_the_first_difference_is_named(given: list[Any], said: str) -> None:
    found = difference([Plain(1), Plain(2)], given)
    assert found is not None
    assert found.startswith(said)


def test_a_field_too_many_is_a_difference() -> None:
    found = difference([{"id": 1}], [{"id": 1, "more": 2}])
    assert found == "item 0: it has the field 'more', which the reference lacks"


def test_private_attributes_are_compared_where_there_is_nothing_else() -> None:
    assert difference([Private(1)], [Private(1)]) is None
    assert difference([Private(1)], [Private(2)]) == "item 0._value: 2 where the reference has 1"


def test_an_object_is_told_by_its_fields() -> None:
    assert difference([Plain(1)], [[1]]) == (
        "item 0: [1] where the reference has {'id': 1, 'colour': 'red', 'parts': []}"
    )


def test_what_leads_back_is_no_field_of_any_object() -> None:
    assert plain(Owner("a")) == Fields({"name": "a", "parts": [Fields({"name": "part"}, {})]}, {})
    itself: list[Any] = [1]
    itself.append(itself)
    assert difference([itself], [[1, 2]]) is not None


def test_a_set_has_no_order_and_a_key_may_be_anything_hashable() -> None:
    names = [f"name {index}" for index in range(20)]
    assert list(items(set(names))) == sorted(names, key=repr)
    keyed = {(1, "a"): 1, frozenset({2}): 2}
    assert difference(keyed, dict(reversed(keyed.items()))) is None
    assert difference(keyed, {(1, "b"): 1, frozenset({2}): 2}) is not None


def test_values_that_look_alike_tell_their_type() -> None:
    given = UUID(int=1)
    found = difference([str(given)], [given])
    assert found is not None
    assert "UUID(" in found
    same_looks = same.first_difference([Decimal(1)], [SimpleNamespace()])
    assert same_looks is not None


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


def test_a_table_is_its_rows() -> None:
    rows = [{"id": 1, "at": datetime(2026, 1, 1, tzinfo=UTC)}, {"id": 2, "at": None}]
    assert difference(rows, pyarrow.Table.from_pylist(rows)) is None


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    children: Mapped[list[Child]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")


class Document(Base):
    __tablename__ = "document"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(deferred=True)


def test_entities_are_their_columns_and_the_relations_that_were_loaded() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Parent(id=1, children=[Child(id=2)]))
        session.commit()
    with Session(engine) as session:
        found = session.scalars(select(Parent).options(selectinload(Parent.children))).all()
        child = Fields({"id": 2, "parent_id": 1}, {})
        assert plain(found) == [Fields({"id": 1}, {"children": [child]})]
        whole = {"id": 1, "children": [{"id": 2, "parent_id": 1}]}
        assert difference(found, [whole]) is None
        assert difference([whole], found) is None
        assert difference(found, [{"id": 1}]) is None
    with Session(engine) as session:
        (without,) = session.scalars(select(Parent)).all()
        assert difference([whole], [without]) == (
            "item 0: it lacks the field 'children', which the reference has"
        )
    engine.dispose()


def test_a_column_that_was_not_read_is_no_field_and_an_expired_one_is_an_error() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Document(id=1, text="long"))
        session.commit()
    with Session(engine) as session:
        detached = session.scalars(select(Document)).all()
    with Session(engine) as session:
        expired = session.scalars(select(Document)).all()
        session.commit()
    assert difference(detached, [{"id": 1}]) is None
    assert difference([{"id": 1, "text": "long"}], detached) == (
        "item 0: it lacks the field 'text', which the reference has"
    )
    with pytest.raises(DetachedInstanceError):
        plain(expired)
    engine.dispose()


@given(
    st.lists(
        st.recursive(
            st.none() | st.integers() | st.text() | st.decimals() | st.datetimes(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=10,  # to make larger ones takes longer than all else
        )
    )
)
def test_data_equals_itself_through_a_file(
    tmp_path_factory: pytest.TempPathFactory, data: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("same") / "reference"
    same.write(data, path)
    assert same.difference(data, path) is None
    assert same.difference([*data, "more"], path) == (
        f"item {len(data)}: the reference has only {len(data):,} items"
    )
