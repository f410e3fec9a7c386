"""What the repository hands out: plain dataclasses that know of no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from strategies.support.slots import with_slots


@dataclass
class InvoiceLine:
    """A track that was bought."""

    invoice_line_id: int
    track_id: int
    unit_price: Decimal
    quantity: int


@dataclass
class Invoice:
    """What one customer bought at once, and where it was billed to."""

    invoice_id: int
    customer_id: int
    invoice_date: datetime
    billing_address: str | None
    billing_city: str | None
    billing_state: str | None
    billing_country: str | None
    billing_postal_code: str | None
    total: Decimal
    lines: list[InvoiceLine]


@dataclass
class Track:
    """A line of the catalogue: a track, with the names of all that it belongs to."""

    track_id: int
    name: str
    album_id: int | None
    album: str | None
    artist_id: int | None
    artist: str | None
    genre_id: int | None
    genre: str | None
    media_type_id: int
    media_type: str | None
    composer: str | None
    milliseconds: int
    bytes: int | None
    unit_price: Decimal


@dataclass
class Song:
    """A track as a playlist has it."""

    track_id: int
    name: str
    composer: str | None
    milliseconds: int
    bytes: int | None
    unit_price: Decimal


@dataclass
class Playlist:
    """Tracks in a list; a track may be in several."""

    playlist_id: int
    name: str | None
    tracks: list[Song]


SlottedInvoiceLine, SlottedInvoice, SlottedTrack, SlottedSong, SlottedPlaylist = (
    with_slots(cls, __name__) for cls in (InvoiceLine, Invoice, Track, Song, Playlist)
)
