"""Rows of any values, NULL among them, are read as the ORM reads them."""

from __future__ import annotations

import enum
from dataclasses import make_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    CHAR,
    REAL,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Engine,
    Enum,
    Float,
    ForeignKey,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    delete,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship, selectinload

from chinook_store import empty_database
from strategies.support.packing.layout import packed
from strategies.support.packing.reading import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.postgres.connection import Database

IN_UTC = {"options": "-c timezone=UTC"}


class Colour(enum.Enum):
    """Its names are stored, and one of them is another's alias."""

    RED = 1
    GREEN = 2
    CRIMSON = 1  # noqa: PIE796


class Grade(enum.Enum):
    TOP = "it's top"
    LOW = "100%"


class Words(TypeDecorator[list[str]]):
    """A list, which is mutable, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, _: object) -> str | None:
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, _: object) -> list[str] | None:
        return None if value is None else value.split(",")


class Cents(TypeDecorator[int]):
    """Whole cents, as a numeric."""

    impl = Numeric(10, 2)
    cache_ok = True

    def process_bind_param(self, value: int | None, _: object) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)

    def process_result_value(self, value: Decimal | None, _: object) -> int | None:
        return None if value is None else int(value.scaleb(2))


def decimals(digits: int, scale: int) -> st.SearchStrategy[Decimal]:
    most = 10**digits - 1
    return st.integers(-most, most).map(lambda units: Decimal(f"{units}e-{scale}"))


def integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(LETTERS, max_size=40)
BY_VALUE = Enum(Grade, values_callable=lambda grades: [grade.value for grade in grades])
PACKED: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "uuid": (Uuid(), st.uuids()),
    "uuid_text": (Uuid(as_uuid=False), st.uuids().map(str)),
    "colour": (Enum(Colour), st.sampled_from(Colour)),
    "grade": (BY_VALUE, st.sampled_from(Grade)),
    "grade_in_varchar": (Enum(Grade, native_enum=False), st.sampled_from(Grade)),
    "size": (Enum("small", "large", name="size"), st.sampled_from(["small", "large"])),
    "amount": (Numeric(12, 2), decimals(12, 2)),
    "rate": (Numeric(18, 18), decimals(18, 18)),
    "whole": (Numeric(5), decimals(5, 0)),
    "cents": (Cents(), integers(20)),
    "day": (Date(), st.dates()),
    "time": (DateTime(timezone=True), st.datetimes(timezones=st.just(UTC))),
    "local_time": (DateTime(), st.datetimes()),
    "integer": (Integer(), integers(32)),
    "small": (SmallInteger(), integers(16)),
    "big": (BigInteger(), integers(64)),
    "flag": (Boolean(), st.booleans()),
    "float": (Float(), st.floats()),
    "real": (REAL(), st.floats(width=32)),
}
"""Of each type that has a fixed width: a column, and values of it."""
TEXTS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (Text(), TEXT),
    "varchar": (String(5), st.text(LETTERS, max_size=5)),
    "char": (CHAR(4), st.text(LETTERS, max_size=4)),
    "words": (Words(), st.lists(st.text("äb", max_size=3), min_size=1)),
    "wide": (Numeric(30, 10), decimals(30, 10)),
    "any_number": (Numeric(), decimals(25, 7) | st.just(Decimal("NaN"))),
}
"""Of each that has none."""


class Base(DeclarativeBase):
    pass


def with_null(values: dict[str, Any]) -> dict[str, Any]:
    return {f"maybe_{name}": (type_, st.none() | found) for name, (type_, found) in values.items()}


def mapped(name: str, values: dict[str, Any], **more: Any) -> Any:
    columns = {
        key: mapped_column(type_, nullable=key.startswith("maybe_"))
        for key, (type_, _) in values.items()
    }
    return type(name, (Base,), {"__tablename__": name.lower(), **more, **columns})


def part(name: str, values: dict[str, Any]) -> Any:
    ids = {
        "id": mapped_column(Integer, primary_key=True),
        "whole_id": mapped_column(ForeignKey("whole.id"), index=True),
        "position": mapped_column(Integer, nullable=False),
    }
    return mapped(name, values, **ids)


ALL_PACKED = PACKED | with_null(PACKED)
ALL_TEXTS = TEXTS | with_null(TEXTS)
MAYBE_NUMBERS = with_null({"big": PACKED["big"]})
Mark = part("Mark", ALL_PACKED)
Note = part("Note", ALL_TEXTS | {"day": PACKED["day"]})
Loose = part("Loose", MAYBE_NUMBERS)
Whole = mapped(
    "Whole",
    ALL_PACKED | ALL_TEXTS,
    id=mapped_column(Integer, primary_key=True),
    marks=relationship(Mark, order_by=Mark.position),
    notes=relationship(Note, order_by=[Note.position.desc()]),
    loose=relationship(Loose),
)


def rows(cls: Any, values: dict[str, Any], **more: Any) -> st.SearchStrategy[Any]:
    columns = {name: found for name, (_, found) in values.items()}
    return st.builds(cls, **columns, **more)


def parts(cls: Any, values: dict[str, Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(rows(cls, values, position=integers(32)), max_size=3, unique_by=position)


def position(row: Any) -> Any:
    return row.position


WHOLES = st.lists(
    rows(
        Whole,
        ALL_PACKED | ALL_TEXTS,
        marks=parts(Mark, ALL_PACKED),
        notes=parts(Note, ALL_TEXTS | {"day": PACKED["day"]}),
        loose=parts(Loose, MAYBE_NUMBERS),
    ),
    max_size=4,
)
RELATIONS = {"marks": Mark, "notes": Note, "loose": Loose}


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with empty_database(database) as engine:
        in_utc = create_engine(engine.url, connect_args=IN_UTC)
        Base.metadata.create_all(in_utc)
        yield in_utc
        in_utc.dispose()


@pytest.fixture(scope="module", params=["psycopg", "psycopg2"])
def reader(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Engine]:
    url = engine.url.set(drivername=f"postgresql+{request.param}")
    reading = create_engine(url, connect_args=IN_UTC)
    yield reading
    reading.dispose()


def exactly(row: Any, names: Iterable[str]) -> list[object]:
    """Return the values, each so that only the same one equals it."""
    return [exact(getattr(row, name)) for name in names]


def exact(value: Any) -> object:
    if isinstance(value, UUID):
        return value
    if isinstance(value, datetime) and value.tzinfo:
        return value.replace(tzinfo=None), value.utcoffset()
    return type(value), repr(value)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(wholes=WHOLES)
def test_every_value_is_the_orms(engine: Engine, reader: Engine, wholes: list[Any]) -> None:
    with Session(engine) as session, session.begin():
        for cls in (Mark, Note, Loose, Whole):
            session.execute(delete(cls))
        session.add_all(wholes)
    for relation, child in RELATIONS.items():
        attribute = getattr(Whole, relation)
        own, theirs = names(Whole), names(child)
        classes = make_dataclass("Found", [*own, relation]), make_dataclass("FoundPart", theirs)
        found = objects(packed(Whole, attribute), reader, {}, *classes)
        with Session(engine) as session:
            ordered = select(Whole).options(selectinload(attribute)).order_by(Whole.id)
            for want, have in zip(session.scalars(ordered), found, strict=True):
                assert exactly(have, own) == exactly(want, own)
                ours, orms = getattr(have, relation), getattr(want, relation)
                if relation == "loose":  # it has no order
                    ours, orms = sorted(ours, key=position), sorted(orms, key=position)
                assert [exactly(row, theirs) for row in ours] == [
                    exactly(row, theirs) for row in orms
                ]


def names(cls: Any) -> list[str]:
    return [attribute.key for attribute in cls.__mapper__.column_attrs]
