"""Which values are shared after they were made: those that nobody can tell from one another."""

from __future__ import annotations

import enum
import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from asyncpg.pgproto import pgproto
from hypothesis import given
from hypothesis import strategies as st

from strategies.support.interning import Interned

NOON = datetime(2026, 10, 25, 2, 30)


class Named(UUID):
    """A UUID that can be changed: it has attributes of its own."""


class Status(enum.Enum):
    DRAFT = "draft"


SAME = [
    UUID(int=7),
    pgproto.UUID(bytes(16)),
    Decimal("1.00"),
    Decimal("-0"),
    Decimal("NaN"),
    date(2026, 4, 24),
    NOON,
    NOON.replace(tzinfo=UTC),
    NOON.replace(tzinfo=ZoneInfo("Europe/Zurich")),
    "CHF and so on",
]
DIFFERENT: list[tuple[Any, Any]] = [
    (Decimal("1.0"), Decimal("1.00")),
    (Decimal("0"), Decimal("-0")),
    (Decimal("100"), Decimal("1E+2")),
    (Decimal("NaN"), Decimal("sNaN")),
    (NOON, NOON.replace(fold=1)),
    (NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=timezone(timedelta(0), "Z"))),
    (NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=1)))),
    (NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=ZoneInfo("Etc/UTC"))),
]
UNSHARED: list[tuple[Any, Any]] = [
    (Named(int=7), Named(int=7)),
    ([1], [1]),
    (1.5, 1.5),
    ((1, []), (1, [])),
    (10**30, 10**30),
]


def both(*values: Any) -> list[tuple[Any, ...]]:
    """Return the values from a pool as a column, and one by one."""
    one_by_one = Interned()
    return [tuple(Interned().values(values)), tuple(map(one_by_one.value, values))]


@pytest.mark.parametrize("value", SAME, ids=repr)
def test_equal_values_of_a_class_that_is_immutable_are_one_object(value: Any) -> None:
    again = _again(value)
    assert again is not value
    for first, second in both(value, again):
        assert first is second
        assert repr(first) == repr(value)


def _again(value: Any) -> Any:
    match value:
        case UUID():
            return type(value)(str(value))
        case Decimal():
            return Decimal(str(value))
        case date():
            return value.replace()
    return value[:3] + value[3:]


@pytest.mark.parametrize(("first", "second"), DIFFERENT, ids=repr)
def test_values_that_can_be_told_apart_are_two(first: Any, second: Any) -> None:
    for found in both(first, second, first):
        assert [repr(value) for value in found] == [repr(first), repr(second), repr(first)]


@pytest.mark.parametrize(("first", "second"), UNSHARED, ids=repr)
def test_values_that_may_be_mutable_are_left_as_they_are(first: Any, second: Any) -> None:
    for found in both(first, second):
        assert found[0] is first
        assert found[1] is second


def test_an_enums_members_are_what_they_were() -> None:
    assert all(found == (Status.DRAFT,) * 2 for found in both(Status.DRAFT, Status.DRAFT))


def test_what_comes_after_in_another_class_is_left_as_it_is() -> None:
    column = (Decimal("1.0"), "1.0", [], None, Decimal("1.0"))
    for found in both(*column):
        assert found == column
        assert [type(value) for value in found] == [type(value) for value in column]


numbers = st.none() | st.decimals(allow_nan=False, places=1, min_value=0, max_value=30)


@given(
    chunks=st.lists(st.lists(numbers, max_size=150), max_size=10),
    bound=st.sampled_from([None, 1, 5, 64]),
)
def test_the_values_are_the_same_in_any_chunks(chunks: list[list[Any]], bound: int | None) -> None:
    pool, one_by_one = Interned(bound), Interned(bound)
    for chunk in chunks:
        expected = [str(value) for value in chunk]
        assert [str(value) for value in pool.values(chunk)] == expected
        assert [str(one_by_one.value(value)) for value in chunk] == expected


def test_few_objects_are_left_of_a_column_with_nulls() -> None:
    draw = random.Random(0).randrange  # noqa: S311
    column = [(draw(4) and Decimal(draw(50))) or None for _ in range(6_000)]
    pool = Interned()
    chunks = [column[start : start + 200] for start in range(0, 6_000, 200)]
    found = [value for chunk in chunks for value in pool.values(chunk)]
    assert found == column
    assert len({*map(id, found)}) <= 51 * 2


def test_a_column_of_distinct_values_is_returned_as_it_is() -> None:
    pool = Interned()
    for start in range(0, 60_000, 200):
        column = [Decimal(n) for n in range(start, start + 200)]
        found = [*pool.values(column)]
        assert all(value is made for value, made in zip(found, column, strict=True))
    assert len(pool) == 0
