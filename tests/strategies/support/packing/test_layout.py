"""What is packed of mapped classes, held against the ORM on the Chinook example."""

from __future__ import annotations

from dataclasses import make_dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from chinook_store import SMALL, empty_database
from examples.chinook.data import provide
from examples.chinook.models import Album, Artist, Customer, Invoice, Playlist, Track
from harness.payroll.generator import Payroll, entries
from strategies.support.contract import Status
from strategies.support.packing.layout import Packed, packed
from strategies.support.packing.reading import objects
from strategies.support.schema import PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import URL, Engine

    from harness.postgres.connection import Database
    from strategies.support.contract import PremiumEntry


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    """A small store, in which an invoice has no lines and a track no album."""
    with empty_database(database) as engine:
        provide(engine, SMALL)
        with Session(engine) as session, session.begin():
            for line in session.get_one(Invoice, 60).lines:
                session.delete(line)
            track = session.get_one(Track, 60)
            track.album = None
        yield engine


def names(cls: Any) -> list[str]:
    return [attribute.key for attribute in cls.__mapper__.column_attrs]


def found(layout: Packed, engine: Engine, *columns: list[str], **parameters: Any) -> list[Any]:
    own, *of_children = columns
    classes = [make_dataclass("Own", [*own, *(["children"] if of_children else [])])]
    classes += [make_dataclass("Child", names) for names in of_children]
    return list(objects(layout, engine, parameters, *classes))


def values(row: Any, columns: list[str]) -> list[Any]:
    return [getattr(row, name) for name in columns]


@pytest.mark.parametrize(
    ("parent", "relation", "child"),
    [
        (Invoice, Invoice.lines, Invoice.lines.property.mapper.class_),
        (Album, Album.tracks, Track),
        (Artist, Artist.albums, Album),
        (Playlist, Playlist.tracks, Track),
    ],
    ids=["ordered by its key", "with texts", "few", "by a second table"],
)
def test_parents_and_children_are_the_orms(
    engine: Engine, parent: Any, relation: Any, child: Any
) -> None:
    own, theirs = names(parent), names(child)
    (key,) = parent.__mapper__.primary_key
    have = found(packed(parent, relation), engine, own, theirs)
    with Session(engine) as session:
        want = session.scalars(select(parent).options(selectinload(relation)).order_by(key)).all()
        assert [values(row, own) for row in have] == [values(row, own) for row in want]
        by_id = child.__mapper__.primary_key[0].key
        for mine, orms in zip(have, want, strict=True):
            in_order = sorted(getattr(orms, relation.key), key=lambda row: getattr(row, by_id))
            assert [values(row, theirs) for row in mine.children] == [
                values(row, theirs) for row in in_order
            ]


def test_a_class_alone_is_packed(engine: Engine) -> None:
    have = found(packed(Customer), engine, names(Customer))
    with Session(engine) as session:
        want = session.scalars(select(Customer).order_by(Customer.customer_id)).all()
        assert [values(row, names(Customer)) for row in have] == [
            values(row, names(Customer)) for row in want
        ]


def test_columns_are_those_asked_for_in_their_order(engine: Engine) -> None:
    own, theirs = ["total", "billing_city", "invoice_id"], ["quantity"]
    layout = packed(Invoice, Invoice.lines, columns=own, child_columns=theirs)
    invoices = found(layout, engine, own, theirs)
    with Session(engine) as session:
        invoice = session.get_one(Invoice, invoices[7].invoice_id)
        assert values(invoices[7], own) == values(invoice, own)
        quantities = [line.quantity for line in invoice.lines]
    assert [line.quantity for line in invoices[7].children] == quantities


@pytest.mark.parametrize("columns", [["title"], ["album_id"]])
def test_a_record_may_be_of_texts_alone(engine: Engine, columns: list[str]) -> None:
    layout = packed(Artist, Artist.albums, columns=["name"], child_columns=columns)
    artists = found(layout, engine, ["name"], columns)
    albums = sum(len(artist.children) for artist in artists)
    assert (len(artists), albums) == (SMALL.artists, SMALL.albums)


def test_a_filter_may_have_values_parameters_and_lists(engine: Engine) -> None:
    layout = packed(Invoice, Invoice.lines, columns=["invoice_id"], child_columns=["quantity"])
    columns = ["invoice_id"], ["quantity"]
    of_one = layout.where(Invoice.invoice_id == bindparam("wanted"))
    for wanted in (3, 60, -1):
        some = found(of_one, engine, *columns, wanted=wanted)
        assert [invoice.invoice_id for invoice in some] == [wanted] * (wanted > 0)
    listed = layout.where(Invoice.invoice_id.in_([5, 9]), Invoice.invoice_id > 5)
    assert [invoice.invoice_id for invoice in found(listed, engine, *columns)] == [9]
    with pytest.raises(Exception, match="value is required for bind parameter 'wanted'"):
        found(of_one, engine, *columns)


def test_a_filter_of_an_enum_is_as_its_type_stores_it(
    written: Callable[[Iterable[PremiumEntry]], URL], engine_at: Callable[[URL], Engine]
) -> None:
    premiums = list(entries(Payroll(20, 1)))
    premiums[3].status = Status.DRAFT
    engine = engine_at(written(premiums))
    layout = packed(PremiumEntryRow, columns=["id", "status"])
    status = PremiumEntryRow.status
    for criterion in (status == Status.DRAFT, status.in_([Status.DRAFT])):
        (draft,) = found(layout.where(criterion), engine, ["id", "status"])
        assert (draft.id, draft.status) == (premiums[3].id, Status.DRAFT)


def test_a_translated_schema_is_followed(engine: Engine) -> None:
    layout = packed(Artist, columns=["artist_id"])
    elsewhere = engine.execution_options(schema_translate_map={"chinook_example": "nowhere"})
    with pytest.raises(Exception, match=r"nowhere\.artist"):
        found(layout, elsewhere, ["artist_id"])
