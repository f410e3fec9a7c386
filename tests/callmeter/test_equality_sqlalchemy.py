"""Equal data: entities of SQLAlchemy, with what was loaded of them, and classes of other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

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
from comparing import difference


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
LOADED = joinedload(Book.author)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as writing:
        books = [Book(id=number, title=f"title {number}", text="long") for number in range(2)]
        writing.add(Author(id=1, name="Ann", **ADDRESS, books=books))
        writing.commit()
    with Session(engine) as reading:
        yield reading
    engine.dispose()


def works(title: str = "title 1", **changes: Any) -> list[Work]:
    author = Writer.model_validate(WRITER | changes)
    titles = ["title 0", title]
    return [Work(id=index, title=each, author=author) for index, each in enumerate(titles)]


def test_an_entity_equals_a_model_without_its_foreign_key(session: Session) -> None:
    books = session.scalars(select(Book).options(LOADED)).all()
    assert difference(books, works()) is None
    assert difference(works(), books) is None
    assert difference(books, works(title="x")) == (
        "item 1.title: 'x' where the reference has 'title 1'"
    )
    assert difference(books, works(name="x")) == (
        "item 0.author.name: 'x' where the reference has 'Ann'"
    )
    assert difference(works(id=2), books) == "item 0.author.id: 1 where the reference has 2"
    assert difference(books, works(address=ADDRESS | {"city": "x"})) == (
        "item 0.author.address.city: 'x' where the reference has 'Bath'"
    )


def test_a_foreign_key_may_be_missing_only_where_its_relation_is_compared(session: Session) -> None:
    books = session.scalars(select(Book)).all()
    assert difference(books, [{"id": 0, "title": "title 0"}] * 2) == (
        "item 0: it lacks the field 'author_id', which the reference has"
    )
    assert difference(books, works()) is not None
    assert difference(works(), books) == (
        "item 0: it lacks the field 'author', which the reference has"
    )


def test_a_relation_may_be_missing_only_where_its_foreign_key_is_compared(
    session: Session,
) -> None:
    books = session.scalars(select(Book).options(LOADED)).all()
    given = [{"id": index, "author_id": 1, "title": f"title {index}"} for index in range(2)]
    assert difference(books, given) is None
    assert difference(given, books) is None
    assert difference(books, [each | {"author_id": 2} for each in given]) == (
        "item 0.author_id: 2 where the reference has 1"
    )


def test_a_composite_and_its_columns_are_one(session: Session) -> None:
    authors = session.scalars(select(Author)).all()
    flat = [{"id": 1, "name": "Ann", **ADDRESS}]
    for one, other in permutations([authors, flat, [WRITER], [flat[0] | WRITER]], 2):
        if (one, other) not in ((flat, [WRITER]), ([WRITER], flat)) and authors in (one, other):
            assert difference(one, other) is None
    assert difference(authors, [{"id": 1, "name": "Ann", "street": "Main St"}]) is not None


def test_children_may_lack_the_key_that_leads_back(session: Session) -> None:
    authors = session.scalars(select(Author).options(selectinload(Author.books))).all()
    books = [{"id": index, "title": f"title {index}"} for index in range(2)]
    assert difference(authors, [WRITER | {"books": books}]) is None
    assert difference([WRITER | {"books": books}], authors) is None
    assert all(each.author is authors[0] for each in authors[0].books)
    assert difference(authors, [WRITER | {"books": books}]) is None
    assert difference(authors, [WRITER | {"books": [books[0], books[1] | {"id": 2}]}]) == (
        "item 0.books[1].id: 2 where the reference has 1"
    )
    assert difference(authors, [WRITER | {"books": books[:1]}]) == (
        "item 0.books: it has 1 where the reference has 2"
    )


def test_a_collection_that_was_loaded_must_not_be_missing(session: Session) -> None:
    authors = session.scalars(select(Author).options(selectinload(Author.books))).all()
    without = [WRITER]
    assert difference(authors, without) == (
        "item 0: it lacks the field 'books', which the reference has"
    )
    assert difference(without, authors) == (
        "item 0: it has the field 'books', which the reference lacks"
    )
    assert difference(without, authors, ["books"]) is None


def test_an_attribute_beside_the_columns_is_compared(session: Session) -> None:
    (ranked,) = session.scalars(select(Author)).all()
    vars(ranked)["rank"] = 1
    assert difference([WRITER | {"rank": 1}], [ranked]) is None
    assert difference([WRITER | {"rank": 2}], [ranked]) == (
        "item 0.rank: 1 where the reference has 2"
    )


def test_rows_are_compared_by_name_or_by_position(session: Session) -> None:
    rows = session.execute(select(Book.id, Book.title, Author.id).join(Book.author)).all()
    assert difference(rows, [(0, "title 0", 1), (1, "title 1", 1)]) is None
    assert difference(rows, [(0, "title 0", 1), (1, "title 1", 2)]) == (
        "item 1[2]: 2 where the reference has 1"
    )
    pairs = session.execute(select(Book.id, Book).options(LOADED)).all()
    assert difference(pairs, [{"id": 0, "Book": works()[0]}, {"id": 1, "Book": works()[1]}]) is None
    assert difference(pairs, [{"id": 0, "Book": works()[0]}] * 2) is not None


def test_a_column_that_was_not_read_stays_unread(session: Session) -> None:
    books = session.scalars(select(Book)).all()
    given = [{"id": index, "author_id": 1, "title": f"title {index}"} for index in range(2)]
    assert difference(given, books) is None
    assert difference([each | {"text": "long"} for each in given], books) == (
        "item 0: it lacks the field 'text', which the reference has"
    )
    assert not {"text", "author"} & vars(books[0]).keys()


def test_what_has_expired_and_cannot_be_read_is_an_error(session: Session) -> None:
    books = session.scalars(select(Book)).all()
    session.commit()
    session.close()
    with pytest.raises(DetachedInstanceError):
        normalize(books)
