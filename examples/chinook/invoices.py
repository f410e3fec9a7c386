"""All invoices with their lines: a parent-child aggregate, read several ways.

Each function takes an engine; given one that shares values, it does.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from examples.chinook import arrow, domain
from examples.chinook.models import Invoice, InvoiceLine
from examples.chinook.rows import with_children
from strategies.support.gc_pause import paused_gc
from strategies.support.merging import merged
from strategies.support.packing.layout import packed
from strategies.support.packing.reading import chunks, objects
from strategies.support.thin import load, thin

if TYPE_CHECKING:
    from sqlalchemy import Engine

BATCH = 100

ENTITIES = select(Invoice).options(selectinload(Invoice.lines)).order_by(Invoice.invoice_id)
INVOICES = select(
    Invoice.invoice_id,
    Invoice.customer_id,
    Invoice.invoice_date,
    Invoice.billing_address,
    Invoice.billing_city,
    Invoice.billing_state,
    Invoice.billing_country,
    Invoice.billing_postal_code,
    Invoice.total,
).order_by(Invoice.invoice_id)
LINES = select(
    InvoiceLine.invoice_id,
    InvoiceLine.invoice_line_id,
    InvoiceLine.track_id,
    InvoiceLine.unit_price,
    InvoiceLine.quantity,
).order_by(InvoiceLine.invoice_id, InvoiceLine.invoice_line_id)
LINE_COUNTS = (
    select(func.count(InvoiceLine.invoice_line_id))
    .select_from(Invoice)
    .outerjoin(Invoice.lines)
    .group_by(Invoice.invoice_id)
    .order_by(Invoice.invoice_id)
)
PACKED = packed(
    Invoice,
    Invoice.lines,
    columns=INVOICES.selected_columns.keys(),
    child_columns=LINES.selected_columns.keys()[1:],
)


@thin(PACKED.child)
class ThinLine:
    """A line that holds its bytes."""


@thin(PACKED.parent, lines=ThinLine)
class ThinInvoice:
    """An invoice that holds its bytes and texts, and those of its lines."""


def full_orm(engine: Engine) -> list[domain.Invoice]:
    """Load every invoice as an entity, then map each: the way it is usually done."""
    with Session(engine) as session:
        return [_mapped(invoice) for invoice in session.scalars(ENTITIES).all()]


def paused_orm(engine: Engine) -> list[domain.Invoice]:
    """Do the same with the garbage collector paused."""
    with paused_gc():
        return full_orm(engine)


def yield_per(engine: Engine) -> list[domain.Invoice]:
    """Do the same in batches, each let go when it is mapped."""
    batches = ENTITIES.execution_options(yield_per=BATCH)
    with Session(engine) as session, closing(session.scalars(batches)) as invoices:
        return [_mapped(invoice) for invoice in invoices]


def merged_orm(engine: Engine) -> list[domain.Invoice]:
    """Stream the entities of both tables and merge them on the key; the collector is paused."""
    with (
        paused_gc(),
        Session(engine) as session,
        closing(merged(session, select(Invoice), Invoice.lines)) as invoices,
    ):
        return [_mapped(invoice) for invoice in invoices]


def core_rows(engine: Engine) -> list[domain.Invoice]:
    """Fetch the rows of both tables whole, then build the dataclasses from them."""
    with engine.connect() as connection:
        invoices = connection.execute(INVOICES).all()
        lines = connection.execute(LINES).all()
    of_invoice: defaultdict[int, list[domain.InvoiceLine]] = defaultdict(list)
    for line in lines:
        of_invoice[line.invoice_id].append(domain.InvoiceLine(*line[1:]))
    return [domain.Invoice(*row, of_invoice[row.invoice_id]) for row in invoices]


def slotted(engine: Engine) -> list[domain.Invoice]:
    """Stream both tables side by side into classes with slots."""
    streamed = engine.execution_options(yield_per=2 * BATCH)
    with (
        streamed.connect() as connection,
        connection.execute(INVOICES) as invoices,
        connection.execute(LINES) as lines,
    ):
        classes = domain.SlottedInvoice, domain.SlottedInvoiceLine
        return list(with_children("invoice_id", invoices, lines, *classes))


def packed_objects(engine: Engine) -> list[domain.Invoice]:
    """Let Postgres pack an invoice and its lines into one row; share equal values by column."""
    with paused_gc():
        made = objects(PACKED, engine, {}, domain.SlottedInvoice, domain.SlottedInvoiceLine)
        return list(made)


def thin_objects(engine: Engine) -> list[domain.Invoice]:
    """Hold the packed bytes; a field is made when it is read."""
    return load(ThinInvoice, chunks(PACKED, engine, {}))


def arrow_columns(engine: Engine) -> pa.Table:
    """Hold one Arrow table, the lines of an invoice nested in its row."""
    invoices, lines, counts = arrow.read(engine, INVOICES, LINES, LINE_COUNTS)
    ends = pc.cumulative_sum(counts.column(0)).cast(pa.int32()).combine_chunks()
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    structs = lines.drop_columns("invoice_id").to_struct_array().combine_chunks()
    return invoices.append_column("lines", pa.ListArray.from_arrays(offsets, structs))


def _mapped(invoice: Invoice) -> domain.Invoice:
    return domain.Invoice(
        invoice_id=invoice.invoice_id,
        customer_id=invoice.customer_id,
        invoice_date=invoice.invoice_date,
        billing_address=invoice.billing_address,
        billing_city=invoice.billing_city,
        billing_state=invoice.billing_state,
        billing_country=invoice.billing_country,
        billing_postal_code=invoice.billing_postal_code,
        total=invoice.total,
        lines=[
            domain.InvoiceLine(
                invoice_line_id=line.invoice_line_id,
                track_id=line.track_id,
                unit_price=line.unit_price,
                quantity=line.quantity,
            )
            for line in invoice.lines
        ],
    )
