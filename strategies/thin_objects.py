"""A list of objects that hold their packed bytes; a field is made when it is read.

Gains: the list, identity and mutability that columns give up, at a third of the objects' memory,
and loaded as fast as one statement can be read. The components of an entry become objects when
they are first looked at, which stay: with all of them read it is still little more than half. An
equal value is made once, while it is looked for again and again. Gives up: the contract's classes
(though it equals objects of them), the speed of a plain attribute: a field is made anew each time
that it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategies.support.packing.premiums import PREMIUMS
from strategies.support.packing.reading import chunks
from strategies.support.thin import load, thin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-mapping", "orm-identity", "sqlalchemy-types", "contract-class"})


@thin(PREMIUMS.child)
class Component:
    """A component that holds its bytes."""


@thin(PREMIUMS.parent, components=Component)
class Entry:
    """An entry that holds its bytes, and those of its components."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the payroll; no value is made of the bytes yet."""
    return load(Entry, chunks(PREMIUMS, engine, {"payroll_id": payroll_id}))
