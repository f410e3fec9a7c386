"""Thin classes of a reader's own mapped classes: texts, NULL, no children, methods."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import ForeignKey, Numeric, bindparam
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from strategies.support.packing.layout import packed
from strategies.support.packing.reading import chunks
from strategies.support.thin import load, thin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry


class Base(DeclarativeBase):
    """The registry of the tests' classes."""


class ShelfRow(Base):
    """A parent with texts, and values that may be missing."""

    __tablename__ = "thin_shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    room: Mapped[str | None]
    width: Mapped[int | None]
    books: Mapped[list[BookRow]] = relationship(order_by="BookRow.place")


class BookRow(Base):
    """A child with texts."""

    __tablename__ = "thin_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey(ShelfRow.id))
    place: Mapped[int]
    title: Mapped[str]
    note: Mapped[str | None]
    price: Mapped[Any] = mapped_column(Numeric(8, 2), nullable=True)


SHELVES = packed(ShelfRow, ShelfRow.books)
ALONE = packed(ShelfRow, columns=["id", "label", "width"])


@thin(SHELVES.child)
class Book:
    """A book."""

    title: str
    price: Decimal | None

    def is_free(self) -> bool:
        return not self.price


@thin(SHELVES.parent, books=Book)
class Shelf:
    """A shelf."""

    books: list[Book]

    @property
    def titles(self) -> list[str]:
        return [book.title for book in self.books]


@thin(ALONE.parent)
class Label:
    """A shelf without its books."""


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written([])


@pytest.fixture
def shelves(engine: Engine) -> Iterator[Engine]:
    """An engine whose schema has a hundred shelves, of which the last has no book."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for n in range(100):
            books = [
                BookRow(
                    id=1000 * n + place,
                    place=5 - place,
                    title=f"book {n}, {place}",
                    note=[None, "", "torn"][place % 3],
                    price=None if place == 1 else place,
                )
                for place in range(min(5, 99 - n))
            ]
            width = None if n % 2 else n
            room = [None, "cellar", "größe ✓"][n % 3]
            session.add(ShelfRow(id=n, label=f"l{n}", room=room, width=width, books=books))
        session.commit()
    yield engine
    Base.metadata.drop_all(engine)


def fields(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_every_field_is_what_the_orm_has(shelves: Engine) -> None:
    found = load(Shelf, chunks(SHELVES, shelves, {}))
    with Session(shelves) as session:
        rows = session.query(ShelfRow).order_by(ShelfRow.id).all()
        assert [shelf.titles for shelf in found] == [[b.title for b in r.books] for r in rows]
        for shelf, row in zip(found, rows, strict=True):
            for book, book_row in zip(shelf.books, row.books, strict=True):
                names = [column.name for column in SHELVES.child.columns]  # type: ignore[union-attr]
                assert [getattr(book, n) for n in names] == [getattr(book_row, n) for n in names]
            for name in ("id", "label", "room", "width"):
                assert getattr(shelf, name) == getattr(row, name)


def test_texts_are_changed_pickled_and_copied_as_other_fields(shelves: Engine) -> None:
    found = load(Shelf, chunks(SHELVES, shelves, {}))
    found[1].label, found[1].books[0].title = "new", "newer"
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):  # noqa: S301
        assert other == found
        assert (other[1].label, other[1].titles[0]) == ("new", "newer")
        assert other[2].room == "größe ✓"


def test_children_that_are_set_to_none_stay_so(shelves: Engine) -> None:
    shelf = load(Shelf, chunks(SHELVES, shelves, {}))[0]
    shelf.books = None
    for one in (shelf, pickle.loads(pickle.dumps(shelf)), copy.deepcopy(shelf)):  # noqa: S301
        assert one.books is None


def test_rows_without_children(shelves: Engine) -> None:
    of_two = ALONE.where(ShelfRow.id < bindparam("end"))
    found = load(Label, chunks(of_two, shelves, {"end": 2}))
    assert [(one.id, one.label, one.width) for one in found] == [(0, "l0", 0), (1, "l1", None)]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
    assert copy.copy(found[0]) == found[0]


def test_a_class_keeps_its_name_its_text_and_its_methods(shelves: Engine) -> None:
    shelf = load(Shelf, chunks(SHELVES, shelves, {}))[0]
    assert (Shelf.__name__, Shelf.__module__, Shelf.__doc__) == ("Shelf", __name__, "A shelf.")
    assert not hasattr(shelf, "__dict__")
    assert [book.is_free() for book in shelf.books] == [False, False, False, True, True]
    assert repr(shelf).startswith("Shelf(id=0, label='l0', room=None, width=0, books=[Book(id=4,")


def test_a_record_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="no children"):
        thin(ALONE.child)
