"""Equal data: models of Django, read in another process, and classes of other kinds."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callmeter import equality

PROGRAM = Path(__file__).with_name("library_in_django.py")


@dataclass
class Author:
    id: int
    name: str


@dataclass
class Work:
    """A book without its foreign key."""

    id: int
    title: str
    author: Author


ANN, BOB = Author(1, "Ann"), Author(2, "Bob")
BOOKS = [{"id": 1, "title": "title 0"}, {"id": 2, "title": "title 1"}]
OWNED = [book | {"author_id": 1} for book in BOOKS]
SCANS = [{"id": 1, "scan": "scan.pdf"}, {"id": 2, "scan": "scan.pdf"}]


def works(title: str = "title 1", author: Author = ANN) -> list[Work]:
    return [Work(1, "title 0", ANN), Work(2, title, author)]


def authors(**fields: tuple[Any, Any]) -> list[dict[str, Any]]:
    """Ann and Bob, and the values of other fields of each."""
    return [
        vars(author) | {name: values[index] for name, values in fields.items()}
        for index, author in enumerate((ANN, BOB))
    ]


def whole(books: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [book | {"scan": "scan.pdf"} for book in books]


def tags(title: str = "title 1") -> list[dict[str, Any]]:
    books = whole([OWNED[0], OWNED[1] | {"title": title}])
    return [{"id": index + 1, "word": "old", "tagged": book} for index, book in enumerate(books)]


def read_by(name: str = "Bob") -> list[dict[str, Any]]:
    return [book | {"readers": [{"id": 2, "name": name}]} for book in OWNED]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("django")
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("plain", OWNED),
        ("with_author", works()),
        ("with_author", OWNED),
        ("annotated", authors(written=(2, 0))),
        ("prefetched", authors(books=(whole(BOOKS), []))),
        ("prefetched", authors(books=(whole(OWNED), []))),
        ("to_attribute", authors(titles=(OWNED, []))),
        ("read_by", read_by()),
        ("tagged", tags()),
        ("values", [book | {"author__name": "Ann"} for book in BOOKS]),
        ("tuples", BOOKS),
        ("tuples", [(1, "title 0"), (2, "title 1")]),
        ("shouting", OWNED),
        ("shouting", [book | {"shout": book["title"].upper()} for book in OWNED]),
        ("scans", SCANS),
    ],
)
def test_a_model_equals_an_object_of_the_same_data(results: Path, name: str, same: Any) -> None:
    assert equality.difference(same, results / name) is None


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("plain", BOOKS, "item 0: it lacks the field 'author_id', which the reference has"),
        ("plain", works(), "item 0: it lacks the field 'author_id', which the reference has"),
        ("with_author", works("x"), "item 1.title: 'x' where the reference has 'title 1'"),
        ("with_author", works(author=BOB), "item 1.author.id: 2 where the reference has 1"),
        ("with_author", BOOKS, "item 0: it lacks the field 'author_id', which the reference has"),
        (
            "annotated",
            authors(written=(2, 1)),
            "item 1.written: 1 where the reference has 0",
        ),
        ("annotated", [ANN, BOB], "item 0: it lacks the field 'written', which the reference has"),
        (
            "prefetched",
            authors(books=(whole([BOOKS[0], BOOKS[1] | {"title": "x"}]), [])),
            "item 0.books[1].title: 'x' where the reference has 'title 1'",
        ),
        (
            "prefetched",
            authors(books=(whole(BOOKS)[:1], [])),
            "item 0.books: it has 1 where the reference has 2",
        ),
        ("prefetched", [ANN, BOB], "item 0: it lacks the field 'books', which the reference has"),
        (
            "to_attribute",
            authors(titles=(OWNED[::-1], [])),
            "item 0.titles[0].id: 2 where the reference has 1",
        ),
        ("read_by", read_by("x"), "item 0.readers[0].name: 'x' where the reference has 'Bob'"),
        ("tagged", tags("x"), "item 1.tagged.title: 'x' where the reference has 'title 1'"),
        (
            "values",
            [book | {"author__name": "x"} for book in BOOKS],
            "item 0.author__name: 'x' where the reference has 'Ann'",
        ),
        ("tuples", [(1, "title 0"), (2, "x")], "item 1[1]: 'x' where the reference has 'title 1'"),
        (
            "shouting",
            [book | {"shout": "x"} for book in OWNED],
            "item 0.shout: 'x' where the reference has 'TITLE 0'",
        ),
        ("scans", [SCANS[0]], "item 1: there are only 1 items"),
        ("empty", [], equality.BOTH_EMPTY),
        ("empty", OWNED, "item 0: the reference has only 0 items"),
    ],
)
def test_a_planted_difference_is_found(results: Path, name: str, given: Any, message: str) -> None:
    assert equality.difference(given, results / name) == message
