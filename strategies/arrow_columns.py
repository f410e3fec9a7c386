"""Compact columns, made from Arrow batches; entries are made on access.

The same columns as `packed_columns`, filled by ADBC's COPY instead; they give up the same, and the
engine's connections. Prefer `packed_columns`: as small, and without two packages whose import takes
more memory than the payroll (`imports`). This one is for an application that has them anyway, or
whose server is to spend no time on packing rows.
"""

from __future__ import annotations

from array import array
from struct import unpack
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from strategies.support.adbc import fixed_width, kinds, premium_batches, raw
from strategies.support.columns import PremiumColumns
from strategies.support.compact_table import Table
from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    import pyarrow as pa
    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "engine-connections",
        "list",
        "mutable",
        "object-identity",
        "no-extra-packages",
    }
)


class Entries(Table):
    """The columns of the entries themselves."""

    kinds = kinds(SELECT_ENTRIES.selected_columns)


class Components(Table):
    """The columns of all components, in the order of their entries."""

    kinds = kinds([*SELECT_COMPONENTS.selected_columns][1:])


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the payroll's columns; no entry is made of them yet."""
    entries, components = Entries(), Components()
    with premium_batches(engine, payroll_id) as (entry_batches, component_batches):
        for batch in entry_batches:
            entries.add(batch.num_rows, map(raw, batch.columns))
            del batch  # or it would be held while the next one is made
        entries.seal()
        ids = entries.column("id").raw(0, entries.rows)
        runs = _runs(components, component_batches)
        first_rows = array("I", _first_rows(ids, runs))
        components.seal()
    return PremiumColumns(entries, components, first_rows)


def _runs(
    components: Table, batches: Iterable[pa.RecordBatch]
) -> Iterator[tuple[bytes | None, int]]:
    """Add the components; return each entry's raw id with the row where its components end."""
    for batch in batches:
        before = components.rows
        owners, *columns = batch.columns
        components.add(batch.num_rows, map(raw, columns))
        runs = pc.run_end_encode(owners.storage)
        del batch, owners, columns  # or they would be held while the next one is made
        ids = unpack("16s" * len(runs.values), fixed_width(runs.values))
        for raw_id, end in zip(ids, fixed_width(runs.run_ends).cast("i"), strict=True):
            yield raw_id, before + end


def _first_rows(
    entry_ids: Iterable[bytes], runs: Iterator[tuple[bytes | None, int]]
) -> Iterator[int]:
    """Return the row of each entry's first component, and after all that where the last ends."""
    owner, end = next(runs, (None, 0))
    row = 0
    for entry_id in entry_ids:
        yield row
        while owner == entry_id:  # twice, where a batch ended amidst an entry
            row = end
            owner, end = next(runs, (None, 0))
    yield row
