"""The contract's payroll as packed rows: the fields of its classes, in their order."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import bindparam

from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.packing.layout import packed
from strategies.support.schema import PremiumEntryRow

PREMIUMS = packed(
    PremiumEntryRow,
    PremiumEntryRow.components,
    columns=[field.name for field in fields(PremiumEntry) if field.name != "components"],
    child_columns=[field.name for field in fields(PremiumComponent)],
).where(PremiumEntryRow.payroll_id == bindparam("payroll_id"))
