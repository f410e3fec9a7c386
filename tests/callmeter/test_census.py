"""What a result holds, type by type: objects, their bytes, and what sharing would save."""

from __future__ import annotations

import subprocess
import sys
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import numpy
import pandas
import polars
import psycopg2
import pyarrow
import pytest
from psycopg.adapt import Transformer
from psycopg.pq import Format

from callmeter.census import Kind, census

if TYPE_CHECKING:
    from collections.abc import Callable

ITEMS = 200
LARGE = 1_000_000
VALUES = [Decimal(index) / 100 for index in range(ITEMS)]


class Status(Enum):
    DRAFT = "draft"


@dataclass
class Entry:
    id: UUID
    company: UUID
    amount: Decimal
    at: datetime
    status: Status = Status.DRAFT


class Uncollected(msgspec.Struct, gc=False):
    id: UUID
    names: list[str]


class Lazy:
    """A lazy object: to ask for its size or its class wakes it."""

    def __sizeof__(self) -> int:
        raise AttributeError("half made")

    @property
    def __class__(self) -> type:
        raise AssertionError("woken")

    @__class__.setter
    def __class__(self, value: type) -> None: ...


class Ending:
    """An object that ends what it has begun: an instance without any has nothing to end."""

    def __init__(self) -> None:
        self.begun = True

    def __del__(self) -> None:
        assert self.begun


class Unhashable(str):
    """A text that is compared in a way of its class's own."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    __hash__ = None  # type: ignore[assignment]


class Telling(numpy.ndarray[Any, Any]):
    """An array that wakes when it is looked at in Python."""

    def __array_finalize__(self, other: object) -> None:
        if isinstance(other, Telling):
            raise AssertionError("woken")

    def __sizeof__(self) -> int:
        return 1


def kinds(result: object) -> dict[str, Kind]:
    return {kind.type: kind for kind in census(result)}


def company() -> UUID:
    return UUID(int=2**100)


def entries(of_company: Callable[[], UUID]) -> list[Entry]:
    return [
        Entry(UUID(int=2**101 + index), of_company(), amount, datetime(2026, 1, 1, tzinfo=UTC))
        for index, amount in enumerate(VALUES)
    ]


def test_objects_and_distinct_values_are_counted() -> None:
    found = kinds(entries(company))
    assert found["Entry"].objects == ITEMS
    assert found["Entry"].distinct is None
    assert found["UUID"].objects == 2 * ITEMS
    assert found["UUID"].distinct == ITEMS + 1
    assert found["datetime"].distinct == 1
    assert "Status" not in found, "enum members exist once and for all"
    assert kinds([Decimal("1.0"), Decimal("1.00")])["Decimal"].distinct == 2


def test_what_sharing_saves_is_what_goes_when_values_are_shared() -> None:
    single = company()
    shared, fresh = (kinds(entries(make))["UUID"] for make in (lambda: single, company))
    assert shared.distinct == fresh.distinct
    saving = (fresh.saving or 0) - (shared.saving or 0)
    assert saving == fresh.bytes - shared.bytes > 0


def test_what_was_there_before_does_not_count() -> None:
    older = [["older"], {"by": "others"}]
    found = {kind.type: kind.objects for kind in census([older[0], older[1], ["new"]], older)}
    assert found == {"list": 2, "str": 1}


def test_no_object_is_woken_and_no_class_believed_about_its_size() -> None:
    found = kinds([Lazy() for _ in range(10)])
    assert found["Lazy"].objects == 10
    assert 16 <= found["Lazy"].bytes / 10 < 200
    objects = numpy.array([Decimal(7)] * ITEMS, dtype=object).view(Telling)
    assert kinds([objects])["Decimal"].objects == 1
    assert kinds(Telling(LARGE, dtype="i1"))["Telling"].bytes > LARGE
    load = Transformer().get_loader(2950, Format.BINARY).load  # of a type that only C can make
    assert kinds([load]).keys() >= {"list", type(load).__qualname__}


def test_no_method_of_a_class_is_called() -> None:
    """An error in `__del__` is a warning, and so an error here."""
    found = kinds([Ending(), Unhashable("a"), Unhashable("a")])
    assert found["Ending"].objects == 1
    assert (found["Unhashable"].objects, found["Unhashable"].distinct) == (2, None)


@pytest.mark.parametrize(
    "hold",
    [
        lambda values: numpy.array(values, dtype=object)[:1],
        lambda values: numpy.array(values, dtype=object).reshape(2, -1),
        lambda values: numpy.array([(value, 1) for value in values], dtype="O,i4"),
        lambda values: numpy.array([(1, ([value] * 2,)) for value in values],
                                   dtype=[("a", "i4"), ("b", [("c", "O", 2)])]),
        lambda values: pandas.DataFrame({"x": values, "y": 1}),
        lambda values: pandas.DataFrame({"x": values, "y": 1})["x"],
        lambda values: pandas.DataFrame({"y": 1}, index=pandas.Index(values, dtype=object)),
        lambda values: [Uncollected(UUID(int=1), [value]) for value in values],
    ],
)  # fmt: skip
def test_what_the_collector_does_not_enter_is_entered(hold: Callable[[Any], Any]) -> None:
    found = kinds(hold(list(VALUES)))["Decimal"]
    assert (found.objects, found.distinct) == (ITEMS, ITEMS)


@pytest.mark.parametrize(
    "buffer",
    [
        lambda: bytearray(LARGE),
        lambda: array("b", [0]) * LARGE,
        lambda: memoryview(bytes(LARGE)),
        lambda: numpy.zeros(LARGE, dtype="i1")[:10],
        lambda: numpy.zeros(LARGE, dtype="i1").view(numpy.recarray),
        lambda: pandas.DataFrame({"x": numpy.zeros(LARGE, dtype="i1")}),
        lambda: pandas.Series(pandas.to_datetime(numpy.arange(LARGE // 8))),
        lambda: pandas.Series(pandas.Categorical(numpy.arange(LARGE) % 5)),
        lambda: pyarrow.array(numpy.zeros(LARGE, dtype="i1")),
        lambda: pyarrow.table({"x": numpy.zeros(LARGE, dtype="i1")}),
        lambda: polars.DataFrame({"x": numpy.zeros(LARGE, dtype="i1")}),
        lambda: polars.Series(numpy.zeros(LARGE, dtype="i1")),
        lambda: psycopg2.BINARY("\\x" + "00" * LARGE, None),
    ],
)
def test_a_buffer_counts_once(buffer: Callable[[], Any]) -> None:
    total = sum(kind.bytes for kind in census([buffer()]))
    assert total == pytest.approx(LARGE, rel=0.02)


def test_no_library_is_imported() -> None:
    program = (
        "import sys; from callmeter.census import census; census([1.5, memoryview(b'a')]);"
        "assert not {'numpy', 'pandas', 'polars', 'pyarrow', 'msgspec'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
