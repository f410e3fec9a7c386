"""A program that reads a small library with Django and writes the results to files.

It runs in its own process, as Django is set up once a process; so nothing that reads the files
knows Django's classes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from callmeter import equality

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


class Model(models.Model):
    class Meta:
        abstract = True
        app_label = "contenttypes"  # it is installed


class Author(Model):
    name = models.CharField(max_length=20)


class Tag(Model):
    word = models.CharField(max_length=20)
    type = models.ForeignKey(content.ContentType, models.CASCADE)
    number = models.IntegerField()
    tagged = fields.GenericForeignKey("type", "number")


class Book(Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    readers = models.ManyToManyField(Author, related_name="read")
    title = models.CharField(max_length=20)
    scan = models.FileField(default="scan.pdf")

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


def with_attribute_read(books: Any, name: str) -> list[Any]:
    """Return the books, after that attribute of them was read, which caches it."""
    found = list(books)
    assert all(getattr(book, name) for book in found)
    return found


def results() -> dict[str, Any]:
    books, authors = Book.objects.order_by("id").defer("scan"), Author.objects.order_by("id")
    titles = Prefetch("books", Book.objects.only("title", "author"), to_attr="titles")
    return {
        "plain": books,
        "with_author": books.select_related("author"),
        "annotated": authors.annotate(written=Count("books")),
        "prefetched": authors.prefetch_related("books"),
        "to_attribute": authors.prefetch_related(titles),
        "read_by": books.prefetch_related("readers"),
        "tagged": Tag.objects.order_by("id").prefetch_related("tagged"),
        "values": books.values("id", "title", "author__name"),
        "tuples": books.values_list("id", "title", named=True),
        "shouting": with_attribute_read(books, "shout"),
        "scans": with_attribute_read(Book.objects.only("id", "scan"), "scan"),
        "empty": Book.objects.none(),
    }


def main() -> None:
    """Write the results, and check that writing reads nothing from the database."""
    fill()
    for name, result in results().items():
        len(result)
        with CaptureQueriesContext(connection) as queries:
            equality.write(result, Path(sys.argv[1]) / name)
        assert not queries.captured_queries, (name, queries.captured_queries)


main()
