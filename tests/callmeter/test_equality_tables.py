"""Equal data: tables and arrays of pandas, polars, pyarrow and numpy, and lists of rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest

from callmeter.equality import BOTH_EMPTY
from comparing import difference

ROWS = [
    {"id": 1, "day": date(2026, 1, 1), "sum": Decimal("1.50"), "tags": ["a"], "by": {"name": "x"}},
    {"id": 2, "day": None, "sum": Decimal("2.50"), "tags": [], "by": {"name": "y"}},
]
CHANGES = [
    ("id", 3, "item 1.id: 3 where the reference has 2"),
    (
        "day",
        date(2026, 1, 2),
        "item 1.day: datetime.date(2026, 1, 2) where the reference has None",
    ),
    ("sum", Decimal("2.51"), "item 1.sum: Decimal('2.51') where the reference has Decimal('2.50')"),
    ("tags", ["b"], "item 1.tags: it has 1 where the reference has 0"),
    ("by", {"name": "z"}, "item 1.by.name: 'z' where the reference has 'y'"),
]


def of_objects(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    return pandas.DataFrame(rows, dtype=object)


def of_batches(rows: list[dict[str, Any]]) -> pyarrow.Table:
    return pyarrow.concat_tables([pyarrow.Table.from_pylist([row], schema=SCHEMA) for row in rows])


def lazy(rows: list[dict[str, Any]]) -> polars.LazyFrame:
    return polars.from_arrow(of_batches(rows)).lazy()


def structured(rows: list[dict[str, Any]]) -> Any:
    kind = [(name, object) for name in rows[0]]
    return numpy.array([tuple(row.values()) for row in rows], dtype=kind)


SCHEMA = pyarrow.Table.from_pylist(ROWS).schema
TABLES = [list, of_objects, of_batches, lazy, lambda rows: lazy(rows).collect(), structured]


@pytest.mark.parametrize(("one", "other"), list(permutations(TABLES, 2)))
def test_a_table_is_its_rows(one: Callable[[Any], Any], other: Callable[[Any], Any]) -> None:
    assert difference(one(ROWS), other(ROWS)) is None


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("name", "value", "message"), CHANGES)
def test_a_planted_difference_in_a_table_is_found(
    table: Callable[[Any], Any], name: str, value: Any, message: str
) -> None:
    assert difference(ROWS, table([ROWS[0], ROWS[1] | {name: value}])) == message
    assert difference(ROWS, {"all": table(ROWS)}) is not None


def test_an_object_column_is_compared_value_by_value() -> None:
    values = [None, [1], Decimal("1.0"), "a"]
    for index, other in enumerate([float("nan"), [2], Decimal("1.00"), b"a"]):
        given = [*values[:index], other, *values[index + 1 :]]
        found = difference(*(pandas.DataFrame({"x": pandas.Series(each, dtype=object)})
                             for each in (values, given)))  # fmt: skip
        assert found is not None
        assert found.startswith(f"item {index}.x")


def test_the_type_of_a_column_is_its_values_type() -> None:
    whole = pandas.DataFrame({"id": [1, 2], "name": ["a", "b"]})
    small = whole.astype({"id": "int8", "name": "category"})
    assert difference(whole, small) is None
    assert difference(whole, whole.astype({"id": float})) == (
        "item 0.id: 1.0 where the reference has 1"
    )


def test_missing_values_of_each_kind_are_told_apart() -> None:
    gone = [None, float("nan"), pandas.NaT, pandas.NA]
    columns = [pandas.DataFrame({"x": pandas.Series([each], dtype=object)}) for each in gone]
    for wanted, given in permutations(columns, 2):
        assert difference(wanted, given) is not None
    for same in columns:
        assert difference(same, same.copy()) is None


def test_an_index_is_a_field() -> None:
    frame = pandas.DataFrame({"id": [1, 2], "x": [3, 4]})
    assert difference(frame, frame.set_index("id")) is None
    assert difference(frame, pandas.DataFrame({"x": [3, 4]}, index=[5, 6])) is not None
    moved = frame.set_axis([5, 6], axis="index")
    assert difference(frame, moved) == "item 0.index: 5 where the reference has 0"
    assert difference(frame.to_dict("records"), moved) is None
    levels = pandas.DataFrame({"a": [1], "b": [2], "x": [3]}).set_index(["a", "b"])
    assert difference([{"a": 1, "b": 2, "x": 3}], levels) is None
    assert difference([{"a": 1, "b": 0, "x": 3}], levels) is not None


def test_a_series_is_its_values_and_its_index() -> None:
    series = pandas.Series([1, 2], name="x")
    for same in ([1, 2], polars.Series([1, 2]), numpy.array([1, 2]), pyarrow.array([1, 2])):
        assert difference(series, same) is None
        assert difference({"x": same}, {"x": series}) is None
    assert difference(series, series.set_axis([1, 0])) == (
        "the result.index[0]: 1 where the reference has 0"
    )
    by_kind = pandas.DataFrame({"kind": ["a", "b"], "x": [1, 2]}).groupby("kind")["x"].sum()
    assert difference(by_kind, series) == (
        "the result: it lacks the field 'kind', which the reference has"
    )
    assert difference(pandas.Index([1, 2]), [1, 3]) == "item 1: 3 where the reference has 2"


def test_two_columns_of_one_name_are_both_compared() -> None:
    wanted = pandas.DataFrame([[1, 2]], columns=["id", "id"])
    assert difference(wanted, pandas.DataFrame([[3, 2]], columns=["id", "id"])) == (
        "item 0.id: 3 where the reference has 1"
    )
    arrow = [pyarrow.table([[1], [last]], names=["id", "id"]) for last in (2, 3)]
    assert difference(wanted, arrow[0]) is None
    assert difference(*arrow) == "item 0.id (2): 3 where the reference has 2"


@pytest.mark.parametrize(
    ("array", "same", "other"),
    [
        (numpy.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], [[1, 2], [3, 5]]),
        (numpy.array([[1], {"a": 2}], dtype=object), [[1], {"a": 2}], [[1], {"a": 3}]),
        (numpy.array([(1, 2.0)], dtype="i8,f8"), [{"f0": 1, "f1": 2.0}], [{"f0": 1, "f1": 2.5}]),
        (numpy.array([True]), [True], [1]),
        (numpy.array(["2026-01-01"], dtype="M8[ns]"), [datetime(2026, 1, 1)], [date(2026, 1, 1)]),
        (numpy.array([5], dtype="m8[s]"), [timedelta(seconds=5)], [timedelta(seconds=6)]),
        (numpy.array(["NaT"], dtype="M8[ns]"), [pandas.NaT], [None]),
        ([numpy.float32(0.5), numpy.int8(1)], [0.5, 1], [0.5, 1.0]),
        ([numpy.array(5)], [5], [6]),
        ([pyarrow.scalar([1, 2])], [[1, 2]], [[1, 3]]),
        (pandas.Series([pandas.Timestamp(2026, 1, 1)]), [datetime(2026, 1, 1)], [None]),
        (pandas.Series([pandas.Timedelta(5, "s")]), [timedelta(seconds=5)], [None]),
    ],
)
def test_the_values_of_an_array_are_pythons(array: Any, same: Any, other: Any) -> None:
    assert difference(array, same) is None
    assert difference(same, array) is None
    assert difference(array, other) is not None


def test_nanoseconds_are_compared() -> None:
    moments = [pandas.Timestamp(2026, 1, 1) + pandas.Timedelta(each, "ns") for each in (1, 2)]
    assert difference(moments[:1], moments[1:]) is not None
    assert difference(moments[:1], moments[:1]) is None
    exact = [numpy.array([each.value], dtype="M8[ns]") for each in moments]
    assert difference(*exact) is not None


@pytest.mark.parametrize("table", [pandas.DataFrame({"x": []}), polars.DataFrame({"x": []}),
                                   pyarrow.table({"x": []}), numpy.array([]),
                                   pandas.Series([], dtype=object)])  # fmt: skip
def test_two_empty_tables_are_not_called_the_same(table: Any) -> None:
    assert difference(table, table) == BOTH_EMPTY
    assert difference(table, []) == BOTH_EMPTY
