"""A column gives back what it was given, and finds out what makes it small."""

from __future__ import annotations

import os
from array import array
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.support import compact_column
from strategies.support.compact_column import BLOCK, LONGEST_REST, Column, Kind

NUMBERS = Kind("q", str)
UUIDS = Kind("16s", bytes.hex)
RANDOM = Random(7)  # noqa: S311


def numbers(values: list[int]) -> bytes:
    return array("q", values).tobytes()


def filled(kind: Kind, *parts: Any) -> Column:
    column = Column(kind)
    for part in parts:
        column.add(part)
    column.seal()
    return column


def size(column: Column) -> int:
    return sum(map(len, column._blocks))


def formats(column: Column) -> set[str]:
    return {*column._formats}


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.data())
def test_numbers_come_back(values: list[int], data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact_column, "BLOCK", data.draw(st.integers(1, 5)))
        patch.setattr(compact_column, "FEW", data.draw(st.integers(0, 3)))
        column = filled(NUMBERS, *(numbers([value]) for value in values))
        start = data.draw(st.integers(0, len(values)))
        stop = data.draw(st.integers(start, len(values)))
        assert list(column.raw(start, stop)) == values[start:stop]
        assert list(column.values(start, stop)) == list(map(str, values[start:stop]))


@given(st.lists(st.none() | st.text()))
def test_texts_come_back(values: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact_column, "BLOCK", 3)
        column = filled(Kind(""), values, values)
        assert list(column.values(0, 2 * len(values))) == values + values


def test_a_column_of_one_value_takes_next_to_nothing() -> None:
    column = filled(UUIDS, bytes(range(16)) * 5 * BLOCK)
    assert formats(column) == {"B"}
    assert size(column) < 5 * 30


@pytest.mark.parametrize(("count", "code"), [(200, "B"), (400, "H")])
def test_a_few_values_are_held_once_each(count: int, code: str) -> None:
    values = [RANDOM.randrange(2**60) for _ in range(count)]
    held = [RANDOM.choice(values) for _ in range(20 * BLOCK)]
    column = filled(NUMBERS, numbers(held))
    assert code in formats(column)
    assert len(column._distinct) == count
    assert list(column.raw(0, len(held))) == held
    assert size(column) < 8 * len(held) / 3


def test_values_that_do_not_come_again_are_held_as_they_came() -> None:
    data = os.urandom(16 * 40 * BLOCK)
    column = filled(UUIDS, data)
    assert formats(column) == {"16s"}
    assert size(column) == len(data)
    assert column._distinct == []


def test_it_is_looked_at_again_whether_values_repeat() -> None:
    distinct, few = os.urandom(16 * 40 * BLOCK), os.urandom(16 * 10)
    column = filled(UUIDS, distinct, few * 4 * BLOCK)
    assert formats(column) == {"16s", "B"}
    assert size(column) < len(distinct) + 16 * BLOCK * (LONGEST_REST + 1)


def test_values_that_repeat_and_then_do_not_leave_few_codes() -> None:
    few = os.urandom(16 * 10)
    column = filled(UUIDS, few * 2 * BLOCK, os.urandom(16 * 40 * BLOCK), few * 2 * BLOCK)
    assert column._formats[0] == column._formats[-1] == "B"
    assert len(column._distinct) == 10


@pytest.mark.parametrize("few", [1, 64, 512, 4096])
@pytest.mark.parametrize("repeated", [1, 3, 100, 5000])
def test_its_size_does_not_hang_on_how_many_values_repeat(
    few: int, repeated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever FEW is, a column is never larger than what it was given by more than its codes."""
    monkeypatch.setattr(compact_column, "FEW", few)
    values = [RANDOM.randrange(2**63) for _ in range(repeated)]
    held = [RANDOM.choice(values) for _ in range(20 * BLOCK)]
    column = filled(NUMBERS, numbers(held))
    assert list(column.raw(0, len(held))) == held
    assert size(column) + 8 * len(column._distinct) <= 8 * len(held)


def test_values_that_may_not_be_shared_are_made_for_each_row() -> None:
    column = filled(Kind("q", lambda raw: [raw], shares=False), numbers([1] * 10))
    assert formats(column) == {"q"}
    assert len({*map(id, [*column.values(0, 10)])}) == 10
    column = filled(Kind("q", lambda raw: [raw]), numbers([1] * 10))
    assert len({*map(id, [*column.values(0, 10)])}) == 1
