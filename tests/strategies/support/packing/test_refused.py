"""What cannot be packed is refused by its name, and what was not is never left out in silence."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Date,
    DateTime,
    Engine,
    Enum,
    ForeignKey,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    TypeDecorator,
    create_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Session, column_property, mapped_column, relationship

from chinook_store import empty_database
from examples.chinook.models import Album
from strategies.support.packing.layout import packed
from strategies.support.packing.reading import objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.postgres.connection import Database


class Base(DeclarativeBase):
    pass


class Shouted(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        return func.upper(column)


class Odd(Numeric[Any]):
    """A type of the application's, whose values only it knows."""


class Refused(Base):
    __tablename__ = "refused"

    number = mapped_column(Integer, primary_key=True)
    of_number = mapped_column(ForeignKey("refused.number"))
    raw = mapped_column(LargeBinary)
    span = mapped_column(Interval)
    words = mapped_column(ARRAY(String))
    document = mapped_column(JSONB)
    shouted = mapped_column(Shouted)
    odd = mapped_column(Odd)
    as_float = mapped_column(Numeric(5, 2, asdecimal=False))
    doubled = column_property(number * 2)
    others = relationship("Refused", viewonly=True)


REFUSED = ("raw", "span", "words", "document", "shouted", "odd", "as_float", "doubled", "nothing")


@pytest.mark.parametrize("name", REFUSED)
def test_a_column_that_cannot_be_packed_is_named(name: str) -> None:
    with pytest.raises(TypeError, match=rf"(?i)^refused\.{name}: "):
        packed(Refused, columns=["number", name])


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (Album.artist, "Album.artist: it is no relationship to many"),
        (Album.title, "Album.title: it is no relationship to many"),
        (Refused.others, "Refused.others: a relationship of a table to itself cannot be packed"),
    ],
)
def test_a_relation_that_cannot_be_packed_is_named(relation: Any, why: str) -> None:
    with pytest.raises(TypeError) as refused:
        packed(relation.parent.class_, relation)
    assert str(refused.value) == why


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Team(Base):
    __tablename__ = "team"

    number = mapped_column(Integer, primary_key=True)
    founded = mapped_column(Date, nullable=False, server_default="2001-02-03")
    seen = mapped_column(DateTime(timezone=True), nullable=False, server_default="2001-02-03")
    players = relationship("Player", order_by="Player.number")


class Player(Base):
    __tablename__ = "player"

    number = mapped_column(Integer, primary_key=True)
    of_team = mapped_column(ForeignKey(Team.number))
    colour = mapped_column(Enum(Colour), nullable=False, server_default="RED")
    hair = mapped_column(Enum(Colour))
    score = mapped_column(Numeric(6, 2), nullable=False, server_default="1.50")


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    with empty_database(database) as engine:
        yield engine


def read(engine: Engine) -> list[Any]:
    return list(objects(packed(Team, Team.players), engine, {}, tuple_of, tuple_of))


def tuple_of(*values: Any) -> tuple[Any, ...]:
    return values


ANY_SCORE = "ALTER TABLE player ALTER score TYPE numeric, ALTER score DROP NOT NULL"
ANY_COLOUR = "ALTER TYPE colour ADD VALUE 'BLUE'"
ANY_FOUNDED = "ALTER TABLE team ALTER founded DROP NOT NULL"
CHANGES = [
    (ANY_COLOUR, "UPDATE player SET colour = 'BLUE'", "player.colour: the class has no BLUE"),
    (ANY_COLOUR, "UPDATE player SET hair = 'BLUE'", "player.hair: the class has no BLUE"),
    (ANY_SCORE, "UPDATE player SET score = 1.505", "player.score: the class has another scale"),
    (ANY_SCORE, "UPDATE player SET score = 'NaN'", "player.score: the class has another scale"),
    (ANY_SCORE, "UPDATE player SET score = NULL", "Team: a column that its class"),
    (ANY_FOUNDED, "UPDATE team SET founded = NULL", "Team: a column that its class"),
    (ANY_FOUNDED, "UPDATE team SET founded = 'infinity'", "team.founded: infinity"),
    (ANY_FOUNDED, "UPDATE team SET founded = '10000-01-01'", "team.founded: infinity"),
    (ANY_FOUNDED, "UPDATE team SET seen = '-infinity'", "team.seen: infinity"),
    (ANY_FOUNDED, "UPDATE team SET seen = '0044-03-15 BC'", "team.seen: infinity"),
]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_row_that_its_class_does_not_allow_is_an_error(engine: Engine, driver: str) -> None:
    reader = create_engine(engine.url.set(drivername=f"postgresql+{driver}"))
    for wider, update, error in CHANGES:
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            session.add_all(
                Team(number=n, players=[Player(number=3 * n + m) for m in range(3)])
                for n in range(3)
            )
        for statement in (wider, f"{update} WHERE number = 1"):
            teams = read(reader)
            assert [len(team[-1]) for team in teams] == [3, 3, 3]
            with engine.begin() as connection:
                connection.execute(text(statement))
        with pytest.raises(Exception, match=error):
            read(reader)
        assert reader.pool.checkedout() == 0  # type: ignore[attr-defined]
    reader.dispose()
