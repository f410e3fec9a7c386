"""A program that reads a small library with Django and writes each result to a file.

It runs in a process of its own, as Django is set up once a process; so nothing that reads the files
knows Django's classes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

from callmeter import equality

if TYPE_CHECKING:
    from collections.abc import Callable

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    MEDIA_ROOT="",
)
django.setup()

from django.contrib.contenttypes import fields  # noqa: E402
from django.contrib.contenttypes import models as content  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.models import Count, Prefetch  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.functional import cached_property  # noqa: E402


class Author(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "contenttypes"  # it is installed


class Tag(models.Model):
    word = models.CharField(max_length=20)
    type = models.ForeignKey(content.ContentType, models.CASCADE)
    number = models.IntegerField()
    tagged = fields.GenericForeignKey("type", "number")

    class Meta:
        app_label = "contenttypes"  # it is installed


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    readers = models.ManyToManyField(Author, related_name="read")
    title = models.CharField(max_length=20)
    scan = models.FileField(default="scan.pdf")

    class Meta:
        app_label = "contenttypes"  # it is installed

    @cached_property
    def shout(self) -> str:
        return self.title.upper()


def fill() -> None:
    with connection.schema_editor() as editor:
        for model in (content.ContentType, Author, Tag, Book):
            editor.create_model(model)
    ann, bob = (Author.objects.create(name=name) for name in ("Ann", "Bob"))
    for number in range(2):
        book = Book.objects.create(author=ann, title=f"title {number}")
        book.readers.add(bob)
        Tag.objects.create(word="old", tagged=book)


def of_shouting_books() -> list[Any]:
    books = list(Book.objects.defer("scan"))
    for book in books:
        assert book.shout
    return books


def of_opened_scans() -> list[Any]:
    books = list(Book.objects.only("id", "scan"))
    for book in books:
        assert book.scan.name
    return books


RESULTS: dict[str, Callable[[], Any]] = {
    "plain": lambda: Book.objects.order_by("id").defer("scan"),
    "with_author": lambda: Book.objects.select_related("author").defer("scan"),
    "annotated": lambda: Author.objects.order_by("id").annotate(written=Count("books")),
    "prefetched": lambda: Author.objects.order_by("id").prefetch_related("books"),
    "to_attribute": lambda: Author.objects.order_by("id").prefetch_related(
        Prefetch("books", Book.objects.only("title", "author"), to_attr="titles")
    ),
    "read_by": lambda: Book.objects.order_by("id").defer("scan").prefetch_related("readers"),
    "tagged": lambda: Tag.objects.order_by("id").prefetch_related("tagged"),
    "values": lambda: Book.objects.order_by("id").values("id", "title", "author__name"),
    "tuples": lambda: Book.objects.order_by("id").values_list("id", "title", named=True),
    "shouting": of_shouting_books,
    "scans": of_opened_scans,
    "empty": Book.objects.none,
}


def main() -> None:
    """Write each result, and see to it that to write reads nothing from the database."""
    fill()
    for name, read in RESULTS.items():
        result = read()
        len(result)
        with CaptureQueriesContext(connection) as queries:
            equality.write(result, Path(sys.argv[1]) / name)
        assert not queries.captured_queries, (name, queries.captured_queries)


main()
