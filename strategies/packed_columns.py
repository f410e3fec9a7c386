"""Compact columns of rows that Postgres packs; entries are made on access.

Gains over everything else: the payroll is held as its information, a tenth of the objects'
memory, and loaded as fast as one statement can be read, without making an object for each row.
An entry costs its making each time it is looked at: right for a payroll that is summed, filtered,
or gone through once or twice. Gives up: mutability (it is read-only, and a change to an entry that
it returned is not seen by it), identity (`premiums[0] is premiums[0]` is false), speed where
entries are used again and again.
"""

from __future__ import annotations

from array import array
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from strategies.support.columns import PremiumColumns
from strategies.support.packed_table import PackedTable
from strategies.support.packing.premiums import PREMIUMS
from strategies.support.packing.reading import chunks, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "list",
        "mutable",
        "object-identity",
    }
)


class Entries(PackedTable, record=PREMIUMS.parent):
    """The columns of the entries themselves."""


class Components(PackedTable, record=PREMIUMS.child):
    """The columns of all components, in the order of their entries."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the payroll's columns; no entry is made of them yet."""
    entries, components, counts = Entries(), Components(), array("I", [0])
    for chunk in chunks(PREMIUMS, engine, {"payroll_id": payroll_id}):
        entries.add_packed(b"".join(chunk.rows), chunk.texts)
        children = in_order(Components.record, *chunk.children)
        components.add_packed(children, map(chain.from_iterable, chunk.child_texts))
        counts.extend(chunk.counts)
    entries.seal()
    components.seal()
    return PremiumColumns(entries, components, array("I", accumulate(counts)))
