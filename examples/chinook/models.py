"""The eleven tables of Chinook, mapped as usual: typed declarative classes and relationships."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, MetaData, Numeric, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA = "chinook_example"
PRICE = Numeric(10, 2)


class Base(DeclarativeBase):
    """The registry; all tables are in a schema of their own."""

    metadata = MetaData(schema=SCHEMA)


class Artist(Base):
    """A band, or a person."""

    __tablename__ = "artist"

    artist_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))

    albums: Mapped[list[Album]] = relationship(back_populates="artist")


class Album(Base):
    """What an artist published at once."""

    __tablename__ = "album"

    album_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    artist_id: Mapped[int] = mapped_column(ForeignKey(Artist.artist_id), index=True)

    artist: Mapped[Artist] = relationship(back_populates="albums")
    tracks: Mapped[list[Track]] = relationship(back_populates="album")


class Genre(Base):
    """A kind of music."""

    __tablename__ = "genre"

    genre_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))


class MediaType(Base):
    """A kind of file."""

    __tablename__ = "media_type"

    media_type_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))


class Track(Base):
    """A piece of music, or a film, that can be bought."""

    __tablename__ = "track"

    track_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    album_id: Mapped[int | None] = mapped_column(ForeignKey(Album.album_id), index=True)
    media_type_id: Mapped[int] = mapped_column(ForeignKey(MediaType.media_type_id), index=True)
    genre_id: Mapped[int | None] = mapped_column(ForeignKey(Genre.genre_id), index=True)
    composer: Mapped[str | None] = mapped_column(String(220))
    milliseconds: Mapped[int]
    bytes: Mapped[int | None]
    unit_price: Mapped[Decimal] = mapped_column(PRICE)

    album: Mapped[Album | None] = relationship(back_populates="tracks")
    genre: Mapped[Genre | None] = relationship()
    media_type: Mapped[MediaType] = relationship()


playlist_track = Table(
    "playlist_track",
    Base.metadata,
    Column("playlist_id", ForeignKey(f"{SCHEMA}.playlist.playlist_id"), primary_key=True),
    Column("track_id", ForeignKey(Track.track_id), primary_key=True, index=True),
)


class Playlist(Base):
    """Tracks in a list; a track may be in several."""

    __tablename__ = "playlist"

    playlist_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))

    tracks: Mapped[list[Track]] = relationship(secondary=playlist_track, order_by="Track.track_id")


class Employee(Base):
    """Who sells, and to whom they report."""

    __tablename__ = "employee"

    employee_id: Mapped[int] = mapped_column(primary_key=True)
    last_name: Mapped[str] = mapped_column(String(20))
    first_name: Mapped[str] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(30))
    reports_to: Mapped[int | None] = mapped_column(
        ForeignKey(f"{SCHEMA}.employee.employee_id"), index=True
    )
    birth_date: Mapped[datetime | None]
    hire_date: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(70))
    city: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str | None] = mapped_column(String(40))
    country: Mapped[str | None] = mapped_column(String(40))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(24))
    fax: Mapped[str | None] = mapped_column(String(24))
    email: Mapped[str | None] = mapped_column(String(60))

    manager: Mapped[Employee | None] = relationship(remote_side=[employee_id])


class Customer(Base):
    """Who buys, and who looks after them."""

    __tablename__ = "customer"

    customer_id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str] = mapped_column(String(40))
    last_name: Mapped[str] = mapped_column(String(20))
    company: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(70))
    city: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str | None] = mapped_column(String(40))
    country: Mapped[str | None] = mapped_column(String(40))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(24))
    fax: Mapped[str | None] = mapped_column(String(24))
    email: Mapped[str] = mapped_column(String(60))
    support_rep_id: Mapped[int | None] = mapped_column(ForeignKey(Employee.employee_id), index=True)

    support_rep: Mapped[Employee | None] = relationship()
    invoices: Mapped[list[Invoice]] = relationship(back_populates="customer")


class Invoice(Base):
    """What one customer bought at once; the address is as it was then."""

    __tablename__ = "invoice"

    invoice_id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.customer_id), index=True)
    invoice_date: Mapped[datetime]
    billing_address: Mapped[str | None] = mapped_column(String(70))
    billing_city: Mapped[str | None] = mapped_column(String(40))
    billing_state: Mapped[str | None] = mapped_column(String(40))
    billing_country: Mapped[str | None] = mapped_column(String(40))
    billing_postal_code: Mapped[str | None] = mapped_column(String(10))
    total: Mapped[Decimal] = mapped_column(PRICE)

    customer: Mapped[Customer] = relationship(back_populates="invoices")
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.invoice_line_id"
    )


class InvoiceLine(Base):
    """One track of an invoice, at the price that it had then."""

    __tablename__ = "invoice_line"

    invoice_line_id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey(Invoice.invoice_id), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey(Track.track_id), index=True)
    unit_price: Mapped[Decimal] = mapped_column(PRICE)
    quantity: Mapped[int]

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    track: Mapped[Track] = relationship()
