"""Equal data: entities of SQLAlchemy, with what was loaded of them, and classes of other kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    composite,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.exc import DetachedInstanceError
from sqlalchemy.pool import StaticPool

from callmeter.normalize import normalize
from comparing import difference, shortly

if TYPE_CHECKING:
    from collections.abc import Iterator


class Base(DeclarativeBase):
    pass


@dataclass
class Address:
    street: str
    city: str


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    street: Mapped[str]
    city: Mapped[str]
    address: Mapped[Address] = composite("street", "city")
    books: Mapped[list[Book]] = relationship(back_populates="author", order_by="Book.id")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)
    author: Mapped[Author] = relationship(back_populates="books")


class Writer(pydantic.BaseModel, from_attributes=True):
    id: int
    name: str
    address: dict[str, str]


class Work(pydantic.BaseModel):
    """A book without its foreign key."""

    id: int
    title: str
    author: Writer


ADDRESS = {"street": "Main St", "city": "Bath"}
WRITER = {"id": 1, "name": "Ann", "address": ADDRESS}
BOOKS = [{"id": index, "title": f"title {index}"} for index in range(2)]
OWNED = [book | {"author_id": 1} for book in BOOKS]
FLAT = {"id": 1, "name": "Ann", **ADDRESS}


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as writing:
        books = [Book(**book, text="long") for book in BOOKS]
        writing.add(Author(**FLAT, books=books))
        writing.commit()
    with Session(engine) as reading:
        yield reading
    engine.dispose()


def works(title: str = "title 1", **changes: Any) -> list[Work]:
    author = Writer.model_validate(WRITER | changes)
    titles = ("title 0", title)
    return [Work(id=index, title=text, author=author) for index, text in enumerate(titles)]


READ = {
    "books alone": select(Book),
    "books": select(Book).options(joinedload(Book.author)),
    "authors alone": select(Author),
    "authors": select(Author).options(selectinload(Author.books)),
    "rows": select(Book.id, Book.title, Author.id).join(Book.author),
    "pairs": select(Book.id, Book).options(joinedload(Book.author)),
}


def read(session: Session, name: str) -> list[Any]:
    found = session.execute(READ[name])
    return list(found if name in ("rows", "pairs") else found.scalars())


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("books", works()),  # a foreign key may be missing where its relation is compared
        ("books", OWNED),  # and the other way round
        ("books alone", OWNED),  # a deferred column was not loaded
        ("authors alone", [FLAT]),
        ("authors alone", [WRITER]),  # a composite and its columns are one
        ("authors alone", [FLAT | WRITER]),
        ("authors", [WRITER | {"books": BOOKS}]),  # the key that leads back may be missing
        ("rows", [(0, "title 0", 1), (1, "title 1", 1)]),
        ("pairs", [{"id": index, "Book": work} for index, work in enumerate(works())]),
    ],
)
def test_an_entity_equals_an_object_of_the_same_data(
    session: Session, name: str, same: Any
) -> None:
    found = read(session, name)
    assert difference(found, same) is None
    assert difference(same, found) is None


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("books", works(title="x"), "item 1.title: 'x' != 'title 1'"),
        ("books", works(name="x"), "item 0.author.name: 'x' != 'Ann'"),
        (
            "books",
            works(address=ADDRESS | {"city": "x"}),
            "item 0.author.address.city: 'x' != 'Bath'",
        ),
        ("books", [book | {"author_id": 2} for book in BOOKS], "item 0.author_id: 2 != 1"),
        ("books alone", BOOKS, "item 0: -author_id"),
        ("books alone", works(), "item 0: -author_id"),
        ("books alone", [book | {"text": "long"} for book in OWNED], "item 0: +text"),
        ("authors alone", [{"id": 1, "name": "Ann", "street": "Main St"}], "item 0: -city"),
        (
            "authors",
            [WRITER | {"books": [BOOKS[0], BOOKS[1] | {"id": 2}]}],
            "item 0.books[1].id: 2 != 1",
        ),
        ("authors", [WRITER | {"books": BOOKS[:1]}], "item 0.books: it has 1 != 2"),
        ("authors", [WRITER], "item 0: -books"),
        ("rows", [(0, "title 0", 1), (1, "title 1", 2)], "item 1[2]: 2 != 1"),
        ("pairs", [{"id": 0, "Book": works()[0]}] * 2, "item 1.id: 0 != 1"),
    ],
)
def test_a_planted_difference_is_found(
    session: Session, name: str, given: Any, message: str
) -> None:
    found = read(session, name)
    assert shortly(difference(found, given)) == message
    assert difference(given, found) is not None


def test_an_attribute_beside_the_columns_is_compared(session: Session) -> None:
    (ranked,) = read(session, "authors alone")
    vars(ranked)["rank"] = 1
    assert difference([WRITER | {"rank": 1}], [ranked]) is None
    assert shortly(difference([WRITER | {"rank": 2}], [ranked])) == "item 0.rank: 1 != 2"


def test_what_was_not_read_stays_unread(session: Session) -> None:
    found = read(session, "books alone")
    assert difference(found, OWNED) is None
    assert not {"text", "author"} & vars(found[0]).keys()


def test_what_has_expired_and_cannot_be_read_is_an_error(session: Session) -> None:
    found = read(session, "books alone")
    session.commit()
    session.close()
    with pytest.raises(DetachedInstanceError):
        normalize(found)
