"""The rows of a table and the items of an array: of pandas, polars, pyarrow and numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from callmeter.fields import Record

ROWS = 1_000
"""Rows of an Arrow table that are Python objects at once."""


def rows(value: Any) -> Iterable[Any] | None:
    """Return a table's rows, or an array's items; None for what is neither.

    A column's type is not looked at, as int32 or a category: its values are. The index of a pandas
    object is a field of each row if it has a name; without one, the other side may lack it.
    """
    kind = type(value)
    for name, reader in READERS:
        if hasattr(kind, name):
            return reader(value)
    if hasattr(kind, "__array__") and hasattr(kind, "tolist") and hasattr(kind, "dtype"):
        return _of_array(value)
    return None


def numbered(names: Iterable[Any]) -> list[Any]:
    """Return the names, with a number where one is there again: a join may have two columns `id`."""
    times: Counter[Any] = Counter()
    found = []
    for name in names:
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return found


def _of_pandas(frame: Any) -> Iterator[Record]:
    columns = numbered(frame.columns)
    for index, *row in frame.itertuples(name=None):
        yield _indexed(frame.index, index, dict(zip(columns, row, strict=True)))


def _of_series(series: Any) -> Iterator[Any]:
    """Return a column's values; its index, if that is more than their order, with each of them."""
    if all(name is None for name in series.index.names) and _is_order(series.index):
        return iter(series)
    pairs = zip(series.index, series, strict=True)
    name = "value" if series.name is None else series.name
    return (_indexed(series.index, index, {name: each}) for index, each in pairs)


def _is_order(index: Any) -> bool:
    """Whether it numbers the rows, as pandas does by itself."""
    return all(each == place for place, each in enumerate(index))


def _indexed(index: Any, found: Any, values: dict[Any, Any]) -> Record:
    names = list(index.names)
    if all(name is None for name in names):
        return Record(values, {"index": found})
    levels = found if len(names) > 1 else (found,)
    named = (f"level {place}" if name is None else name for place, name in enumerate(names))
    return Record(dict(zip(named, levels, strict=True)) | values)


def _of_arrow(table: Any) -> Iterator[dict[Any, Any]]:
    names = numbered(table.schema.names)
    for start in range(0, table.num_rows, ROWS):
        columns = [column.to_pylist() for column in table.slice(start, ROWS).columns]
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def _of_array(array: Any) -> Iterable[Any]:
    """Return an array's items; times and records one by one, as `tolist` has them as numbers."""
    kind = getattr(array.dtype, "kind", "O")
    items: Iterable[Any] = iter(array) if kind in "mMV" else array.tolist()
    return items


READERS = (
    ("itertuples", _of_pandas),
    ("to_frame", lambda value: _of_series(value) if hasattr(value, "index") else iter(value)),
    ("collect_schema", lambda lazy: rows(lazy.collect()) if hasattr(lazy, "collect") else None),
    ("num_rows", lambda table: _of_arrow(table) if hasattr(table, "schema") else None),
    ("to_pylist", lambda array: array.to_pylist()),
    ("to_dicts", lambda frame: frame.iter_rows(named=True)),
)
"""An attribute that only these classes have, and what reads them."""
