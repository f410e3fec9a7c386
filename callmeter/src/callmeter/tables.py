"""The rows of a table and the items of an array: of pandas, polars, pyarrow and numpy.

The type of a column is not looked at, as int32 or a category: its values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from callmeter.record import Record, numbered

ROWS = 1_000
"""Rows of an Arrow table that are Python objects at once."""


def is_table(value: Any) -> bool:
    """Whether it is a table, a column or an array."""
    return _reader(type(value)) is not None


def is_iterable(value: Any) -> bool:
    """Whether it has items: also an array, and a table of polars or pyarrow."""
    return isinstance(value, Iterable) or is_table(value)


def rows(value: Any) -> Iterable[Any]:
    """Return a table's rows, by their columns' names; the items of anything else."""
    reader = _reader(type(value))
    return reader(value) if reader else value


def index_of(table: Any) -> Record:
    """Return the index of a pandas Series: one without a name may be missing elsewhere.

    A DataFrame's index is in its rows.
    """
    kind = type(table)
    if not (hasattr(kind, "to_frame") and hasattr(kind, "index")):
        return Record({})
    index = list(table.index)
    if all(name is None for name in table.index.names):
        return Record({}, {"index": index})
    return Record({table.index.name or "index": index})


def _reader(kind: type) -> Callable[[Any], Iterable[Any]] | None:
    for names, reader in READERS:
        if all(hasattr(kind, name) for name in names):
            return reader
    is_array = all(hasattr(kind, name) for name in ("__array__", "tolist", "dtype"))
    return _of_array if is_array else None


def _of_pandas(frame: Any) -> Iterator[Record]:
    columns = numbered(frame.columns)
    names = list(frame.index.names)
    for index, *row in frame.itertuples(name=None):
        values = dict(zip(columns, row, strict=True))
        if all(name is None for name in names):
            yield Record(values, {"index": index})
        else:
            named = [f"level {n}" if name is None else name for n, name in enumerate(names)]
            levels = index if len(names) > 1 else (index,)
            yield Record(dict(zip(named, levels, strict=True)) | values)


def _of_arrow(table: Any) -> Iterator[dict[Any, Any]]:
    names = numbered(table.schema.names)
    for start in range(0, table.num_rows, ROWS):
        columns = [column.to_pylist() for column in table.slice(start, ROWS).columns]
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def _of_array(array: Any) -> Iterable[Any]:
    """Return an array's items; times and records one by one, as `tolist` has them as numbers."""
    kind = getattr(array.dtype, "kind", "O")
    items: Iterable[Any] = array if kind in "mMV" else array.tolist()
    return items


READERS: tuple[tuple[tuple[str, ...], Callable[[Any], Iterable[Any]]], ...] = (
    (("itertuples", "columns"), _of_pandas),
    (("to_dicts", "iter_rows"), lambda frame: frame.iter_rows(named=True)),
    (("collect_schema", "collect"), lambda lazy: lazy.collect().iter_rows(named=True)),
    (("num_rows", "schema", "slice"), _of_arrow),
    (("to_pylist", "type"), lambda array: array.to_pylist()),
    (("to_list", "dtype"), list),
)
"""What only a class of these libraries has, and how such a table is read."""
