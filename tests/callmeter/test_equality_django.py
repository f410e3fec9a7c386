"""Equal data: models of Django, read in another process, and classes of other kinds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from callmeter import equality
from comparing import shortly

PROGRAM = Path(__file__).with_name("library_in_django.py")

ANN, BOB = {"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}
BOOKS = [{"id": 1, "title": "title 0"}, {"id": 2, "title": "title 1"}]
OWNED = [book | {"author_id": 1} for book in BOOKS]
SCANS = [{"id": 1, "scan": "scan.pdf"}, {"id": 2, "scan": "scan.pdf"}]
NO_AUTHOR = "item 0: -author_id"


def works(author: Any = ANN) -> list[Any]:
    """Return the books as objects without a foreign key."""
    return [SimpleNamespace(**book, author=author) for book in BOOKS]


def authors(**fields: tuple[Any, Any]) -> list[dict[str, Any]]:
    """Return Ann and Bob, with the values of other fields for both."""
    return [
        author | {name: values[index] for name, values in fields.items()}
        for index, author in enumerate((ANN, BOB))
    ]


def whole(books: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [book | {"scan": "scan.pdf"} for book in books]


def tags(books: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": book["id"], "word": "old", "tagged": book} for book in whole(books)]


def with_field(name: str, value: Any) -> list[dict[str, Any]]:
    return [book | {name: value} for book in OWNED]


def retitled(books: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [books[0], books[1] | {"title": "x"}]


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
        ("read_by", with_field("readers", [BOB])),
        ("tagged", tags(OWNED)),
        ("values", [book | {"author__name": "Ann"} for book in BOOKS]),
        ("tuples", BOOKS),
        ("tuples", [(1, "title 0"), (2, "title 1")]),
        ("shouting", OWNED),
        ("shouting", [book | {"shout": str(book["title"]).upper()} for book in OWNED]),
        ("scans", SCANS),
    ],
)
def test_a_model_equals_an_object_of_the_same_data(results: Path, name: str, same: Any) -> None:
    assert equality.difference(same, results / name) is None


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("plain", BOOKS, NO_AUTHOR),
        ("plain", works(), NO_AUTHOR),
        ("plain", retitled(OWNED), "item 1.title: 'x' != 'title 1'"),
        ("with_author", works(BOB), "item 0.author.id: 2 != 1"),
        ("with_author", BOOKS, NO_AUTHOR),
        ("annotated", authors(written=(2, 1)), "item 1.written: 1 != 0"),
        ("annotated", [ANN, BOB], "item 0: -written"),
        (
            "prefetched",
            authors(books=(whole(retitled(BOOKS)), [])),
            "item 0.books[1].title: 'x' != 'title 1'",
        ),
        ("prefetched", authors(books=(whole(BOOKS)[:1], [])), "item 0.books: it has 1 != 2"),
        ("prefetched", [ANN, BOB], "item 0: -books"),
        ("to_attribute", authors(titles=(OWNED[::-1], [])), "item 0.titles[0].id: 2 != 1"),
        ("read_by", with_field("readers", [ANN]), "item 0.readers[0].id: 1 != 2"),
        ("tagged", tags(retitled(OWNED)), "item 1.tagged.title: 'x' != 'title 1'"),
        ("tuples", [(1, "title 0"), (2, "x")], "item 1[1]: 'x' != 'title 1'"),
        ("shouting", with_field("shout", "x"), "item 0.shout: 'x' != 'TITLE 0'"),
        ("scans", SCANS[:1], "item 1: there are only 1 items"),
        ("empty", [], equality.BOTH_EMPTY),
        ("empty", OWNED, "item 0: the reference has only 0 items"),
    ],
)
def test_a_planted_difference_is_found(results: Path, name: str, given: Any, message: str) -> None:
    assert shortly(equality.difference(given, results / name)) == message
