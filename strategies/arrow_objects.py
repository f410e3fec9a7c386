"""Arrow record batches made into slotted classes through pools of values.

Gains over `driver_rows`: no row is made. The database's binary COPY becomes columns in native
code; of a column that repeats values only its dictionary becomes Python objects, shared by all
rows, and objects are made straight from the columns. Gives up: two more packages and ADBC's own
connections (its engine's URL only); PgBouncer in statement mode; equal values are one object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from strategies.adbc import maker, premium_batches, raw_values, storage
from strategies.paused_gc import paused_gc
from strategies.schema import SELECT_COMPONENTS, SELECT_ENTRIES
from strategies.slots import SlottedPremiumComponent, SlottedPremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    import pyarrow as pa
    from sqlalchemy import Engine

    from strategies.contract import PremiumEntry

GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "engine-connections",
        "contract-class",
        "hashable",
        "gc-untouched",
        "no-extra-packages",
    }
)

BOUND = 1000
"""Values a pool holds before it is emptied; more only where one batch brings more."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(iter_premiums_for_payroll(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator closes both connections it reads from."""
    with premium_batches(engine, payroll_id) as (entry_batches, component_batches):
        runs = _component_runs(component_batches)
        owner, run = next(runs, (None, []))
        columns = [_Column(each.type) for each in SELECT_ENTRIES.selected_columns]
        for batch in entry_batches:
            made = _made(columns, batch.columns)
            for raw_id, *values in zip(raw_values(batch.column(0)), *made, strict=True):
                components: list[Any] = []
                while owner == raw_id:  # twice, where a batch ended amidst an entry
                    components = components + run if components else run
                    owner, run = next(runs, (None, []))
                yield SlottedPremiumEntry(*values, components)


def _component_runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[bytes | None, list[Any]]]:
    """Return the raw id of each entry with its components, as far as they are in one batch."""
    columns = [_Column(each.type) for each in list(SELECT_COMPONENTS.selected_columns)[1:]]
    for batch in batches:
        components = list(map(SlottedPremiumComponent, *_made(columns, batch.columns[1:])))
        runs = pc.run_end_encode(storage(batch.column(0)))
        start = 0
        for raw_id, end in zip(raw_values(runs.values), raw_values(runs.run_ends), strict=True):
            yield raw_id, components[start:end]
            start = end


def _made(columns: list[_Column], arrays: list[pa.Array]) -> list[Iterable[Any]]:
    return [column.values(array) for column, array in zip(columns, arrays, strict=True)]


class _Column:
    """Makes the values of one column: each once, for as long as at least half of them repeat."""

    def __init__(self, type_: Any) -> None:
        self._make = maker(type_)
        self._pool: dict[Any, Any] = {}
        self._pays = True

    def values(self, array: pa.Array) -> Iterable[Any]:
        if self._pays:
            encoded = storage(array).dictionary_encode()
            self._pays = len(encoded.dictionary) <= len(array) // 2 or len(array) == 1
            if self._pays:
                values = self._shared(raw_values(encoded.dictionary))
                return map(values.__getitem__, raw_values(encoded.indices))
        return map(self._make, raw_values(array))

    def _shared(self, raw: list[Any]) -> list[Any]:
        pool = self._pool
        new = [each for each in raw if each not in pool]
        if len(pool) + len(new) > BOUND:
            pool.clear()
            new = raw
        pool.update(zip(new, map(self._make, new), strict=True))
        return [pool[each] for each in raw]
