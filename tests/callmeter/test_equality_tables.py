"""Equal data: tables and arrays of pandas, polars, pyarrow and numpy, and lists of rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy
import pandas
import polars
import pyarrow
import pytest

from callmeter.equality import BOTH_EMPTY
from comparing import difference, shortly

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: list[dict[str, Any]] = [
    {"id": 1, "day": date(2026, 1, 1), "sum": Decimal("1.50"), "tags": ["a"], "by": {"name": "x"}},
    {"id": 2, "day": None, "sum": Decimal("2.50"), "tags": [], "by": {"name": "y"}},
]
CHANGES: list[tuple[str, Any, str]] = [
    ("id", 3, "id: 3 != 2"),
    ("day", date(2026, 1, 2), "day: datetime.date(2026, 1, 2) != None"),
    ("sum", Decimal("2.51"), "sum: Decimal('2.51') != Decimal('2.50')"),
    ("tags", ["b"], "tags: it has 1 != 0"),
    ("by", {"name": "z"}, "by.name: 'z' != 'y'"),
]


def of_objects(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    return pandas.DataFrame(rows, dtype=object)


def of_batches(rows: list[dict[str, Any]]) -> pyarrow.Table:
    return pyarrow.concat_tables([pyarrow.Table.from_pylist([row], schema=SCHEMA) for row in rows])


def lazy(rows: list[dict[str, Any]]) -> Any:
    return polars.DataFrame(polars.from_arrow(of_batches(rows))).lazy()


def structured(rows: list[dict[str, Any]]) -> Any:
    kind = [(name, object) for name in rows[0]]
    return numpy.array([tuple(row.values()) for row in rows], dtype=kind)


SCHEMA = pyarrow.Table.from_pylist(ROWS).schema
TABLES: list[Callable[[Any], Any]]
TABLES = [list, of_objects, of_batches, lazy, lambda rows: lazy(rows).collect(), structured]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_its_rows(table: Callable[[Any], Any]) -> None:
    for other in TABLES:
        assert difference(table(ROWS), other(ROWS)) is None
    for name, value, message in CHANGES:
        changed = table([ROWS[0], ROWS[1] | {name: value}])
        assert shortly(difference(ROWS, changed)) == f"item 1.{message}"
    assert difference(ROWS, {"all": table(ROWS)}) is not None


def column(*values: Any) -> pandas.DataFrame:
    return pandas.DataFrame({"x": pandas.Series(values, dtype=object)})


@pytest.mark.parametrize(
    "values",
    [
        (None, float("nan"), pandas.NaT, pandas.NA),
        ([1], [2]),
        (Decimal("1.0"), Decimal("1.00")),
        ("a", b"a"),
    ],
)
def test_an_object_column_is_compared_value_by_value(values: tuple[Any, ...]) -> None:
    for wanted, given in permutations(values, 2):
        assert str(difference(column(1, wanted), column(1, given))).startswith("item 1.x")
    for value in values:
        assert difference(column(value), column(value)) is None


FRAME = pandas.DataFrame({"id": [1, 2], "x": [3, 4]})
SERIES = pandas.Series([1, 2], name="x")
BY_LEVELS = pandas.DataFrame({"a": [1], "b": [2], "x": [3]}).set_index(["a", "b"])


@pytest.mark.parametrize(
    ("wanted", "given", "message"),
    [
        # an index is a field; one without a name may be missing
        (FRAME, FRAME.set_index("id"), None),
        (FRAME, FRAME.set_axis([5, 6]), "item 0.index: 5 != 0"),
        (FRAME.to_dict("records"), FRAME.set_axis([5, 6]), None),
        ([{"a": 1, "b": 2, "x": 3}], BY_LEVELS, None),
        ([{"a": 1, "b": 0, "x": 3}], BY_LEVELS, "item 0.b: 2 != 0"),
        # a column's type is its values'
        (FRAME, FRAME.astype({"id": "int8", "x": "category"}), None),
        (FRAME, FRAME.astype({"id": float}), "item 0.id: 1.0 != 1"),
        # a series is its values and its index
        (SERIES, [1, 2], None),
        (SERIES, polars.Series([1, 2]), None),
        (SERIES, numpy.array([1, 2]), None),
        ({"x": SERIES}, {"x": pyarrow.array([1, 2])}, None),
        (SERIES, SERIES.set_axis([1, 0]), "the result.index[0]: 1 != 0"),
        (SERIES.groupby(pandas.Series(["a", "b"], name="kind")).sum(), SERIES, "the result: -kind"),
        (pandas.Index([1, 2]), [1, 3], "item 1: 3 != 2"),
        # two columns of one name are both compared
        (
            pandas.DataFrame([[1, 2]], columns=["id", "id"]),
            pandas.DataFrame([[3, 2]], columns=["id", "id"]),
            "item 0.id: 3 != 1",
        ),
        (
            pyarrow.table([[1], [2]], names=["id", "id"]),
            pyarrow.table([[1], [3]], names=["id", "id"]),
            "item 0.id (2): 3 != 2",
        ),
    ],
)
def test_an_index_and_a_column_are_compared(wanted: Any, given: Any, message: str | None) -> None:
    assert shortly(difference(wanted, given)) == message


NOW, LATER = (pandas.Timestamp(2026, 1, 1) + pandas.Timedelta(n, "ns") for n in (1, 2))


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
        ([NOW], [NOW], [LATER]),  # nanoseconds count
        (*(numpy.array([moment.value], dtype="M8[ns]") for moment in (NOW, NOW, LATER)),),
    ],
)
def test_the_values_of_an_array_are_pythons(array: Any, same: Any, other: Any) -> None:
    assert difference(array, same) is None
    assert difference(same, array) is None
    assert difference(array, other) is not None


EMPTY = (pandas.DataFrame({"x": []}), polars.DataFrame({"x": []}), pyarrow.table({"x": []}))


@pytest.mark.parametrize("table", [*EMPTY, numpy.array([]), pandas.Series([], dtype=object)])
def test_two_empty_tables_are_not_the_same(table: Any) -> None:
    assert difference(table, table) == BOTH_EMPTY
    assert difference(table, []) == BOTH_EMPTY
