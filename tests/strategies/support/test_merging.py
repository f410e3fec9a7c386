"""Entities and children of an application's own classes, merged from two streams."""

from __future__ import annotations

import gc
from contextlib import closing
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pytest
from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    create_engine,
    event,
    select,
    text,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)

from strategies.support.merging import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

SNAPSHOT = {"isolation_level": "REPEATABLE READ"}


class Base(DeclarativeBase):
    pass


def of_shop(*columns: str) -> tuple[ForeignKeyConstraint]:
    return (ForeignKeyConstraint(columns, ["shop.country_code", "shop.number"]),)


class Shop(Base):
    """With a key of two columns, named otherwise in Python, in an order of text."""

    __tablename__ = "shop"
    country: Mapped[str] = mapped_column("country_code", primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(unique=True)
    orders: Mapped[list[Order]] = relationship(
        order_by="Order.rank.desc()", back_populates="shop", lazy="selectin"
    )
    closed: Mapped[list[Order]] = relationship(
        primaryjoin="and_(Shop.country == Order.shop_country, Shop.number == Order.shop_number, "
        "Order.rank < 0)",
        viewonly=True,
        order_by="Order.rank",
    )
    notes: Mapped[set[Note]] = relationship()
    staff: Mapped[list[Person]] = relationship(lazy="write_only")
    by_code: Mapped[list[Label]] = relationship()


class Order(Base):
    __tablename__ = "order"
    __table_args__ = of_shop("country", "shop_number")
    id: Mapped[int] = mapped_column(primary_key=True)
    shop_country: Mapped[str] = mapped_column("country")
    shop_number: Mapped[int]
    rank: Mapped[int]
    shop: Mapped[Shop] = relationship(back_populates="orders")


class Note(Base):
    __tablename__ = "note"
    __table_args__ = of_shop("country", "number")
    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    number: Mapped[int]


class Person(Base):
    __tablename__ = "person"
    __table_args__ = of_shop("country", "number")
    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    number: Mapped[int]


class Label(Base):
    __tablename__ = "label"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("shop.code"))


COUNTRIES = ("b", "B", "é", "a", "_", "z")
"""As text is ordered, which Python need not know."""


@pytest.fixture(scope="module")
def engine(written: Callable[[Iterable[PremiumEntry]], URL]) -> Iterator[Engine]:
    engine = create_engine(written([]))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Shop(
                country=country,
                number=number,
                orders=[Order(rank=rank) for rank in range(-1, (number * 7) % 40)],
                notes={Note() for _ in range(number % 3)},
            )
            for country in COUNTRIES
            for number in range(60)
        )
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine.execution_options(**SNAPSHOT)) as session:
        yield session


def key(shop: Shop) -> tuple[str, int]:
    return shop.country, shop.number


@pytest.mark.parametrize("batches", [(1, 1), (7, 50), (1_000, 10_000)])
@pytest.mark.parametrize("name", ["orders", "notes", "closed"])
def test_the_same_is_loaded_as_by_selectinload(
    session: Session, engine: Engine, name: str, batches: tuple[int, int]
) -> None:
    """Keys of two columns, children in an order, in a set, and by a condition of their own."""
    children = getattr(Shop, name)
    shops = select(Shop).where(Shop.number > 2)
    wanted = shops.options(selectinload(children)).order_by(Shop.country, Shop.number)
    found = list(merged(session, shops, children, batches))
    assert type(getattr(found[0], name)) is type(getattr(Shop(), name))
    with Session(engine) as other:
        for shop, expected in zip(found, other.scalars(wanted), strict=True):
            assert key(shop) == key(expected)
            ids, wanted_ids = (
                [child.id for child in getattr(each, name)] for each in (shop, expected)
            )
            assert ids == wanted_ids or (name == "notes" and {*ids} == {*wanted_ids})


def test_what_is_loaded_is_not_loaded_again_nor_written(session: Session, engine: Engine) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *found: statements.append(found[2]))
    total = sum(len(shop.orders) for shop in merged(session, select(Shop), Shop.orders))
    assert total > 1_000
    assert len(statements) == 2
    assert not session.dirty


def test_a_limit_holds_for_the_children_too(session: Session) -> None:
    some = list(merged(session, select(Shop).limit(5).offset(3), Shop.orders))
    in_order = select(Shop).order_by(Shop.country, Shop.number).limit(5).offset(3)
    assert list(map(key, some)) == list(map(key, session.scalars(in_order)))
    assert [len(shop.orders) for shop in some] == [1 + shop.number * 7 % 40 for shop in some]


def test_entities_are_freed_with_their_batch(session: Session) -> None:
    """By their reference counts: the collector may be paused."""
    alive: WeakSet[object] = WeakSet()
    most = 0
    gc.disable()
    try:
        for shop in merged(session, select(Shop), Shop.orders, (10, 20)):
            alive.update([shop, *shop.orders])
            most = max(most, len(alive))
    finally:
        gc.enable()
    assert most < 10 * 41 + 20
    assert len(alive) <= 1 + 40


def test_closing_it_closes_both_cursors(session: Session) -> None:
    with closing(merged(session, select(Shop), Shop.orders)) as shops:
        next(shops)
        assert session.scalar(text("SELECT count(*) FROM pg_cursors")) >= 2
    assert session.scalar(text("SELECT count(*) FROM pg_cursors")) <= 1


def test_parents_that_come_twice_are_refused(session: Session) -> None:
    with_orders = select(Shop).join(Order, Shop.orders)
    with pytest.raises(ValueError, match="came twice"):
        list(merged(session, with_orders, Shop.orders))


def test_nothing_is_selected(session: Session) -> None:
    assert list(merged(session, select(Shop).where(Shop.number < 0), Shop.orders)) == []


def test_children_without_their_parent_are_an_error(engine: Engine) -> None:
    """As between two statements that see two states of the database."""
    with Session(engine) as session, engine.connect() as other:
        shops = merged(session, select(Shop).where(Shop.country == "a"), Shop.orders)

        @event.listens_for(session.get_bind(), "after_cursor_execute", once=True)
        def add(*_: object) -> None:
            other.execute(text("INSERT INTO shop VALUES ('a', 60)"))
            other.execute(text("INSERT INTO \"order\" VALUES (-1, 'a', 60, 0)"))
            other.commit()

        with pytest.raises(RuntimeError, match=r"Shop.orders: no parent \('a', 60\) came"):
            list(shops)
        other.execute(text('DELETE FROM "order" WHERE id = -1'))
        other.execute(text("DELETE FROM shop WHERE number = 60"))
        other.commit()


@pytest.mark.parametrize(
    ("children", "complaint"),
    [
        (Order.shop, "Order.shop is no collection of one-to-many"),
        (Shop.staff, "Shop.staff is no collection of one-to-many"),
        (Shop.by_code, "Shop.by_code does not join by Shop's primary key"),
    ],
)
def test_what_cannot_be_merged_is_refused(session: Session, children: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        next(merged(session, select(Shop), children))


def test_an_order_of_its_own_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="orders by the primary key"):
        next(merged(session, select(Shop).order_by(Shop.code), Shop.orders))
