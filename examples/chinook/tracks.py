"""The whole catalogue: one wide flat table, of tracks and the names they refer to, several ways.

Each function takes an engine; given one that shares values, it does.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from examples.chinook import arrow, domain
from examples.chinook.models import Album, Artist, Genre, MediaType, Track
from strategies.support.gc_pause import paused_gc

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Engine

BATCH = 200

ENTITIES = (
    select(Track)
    .options(
        joinedload(Track.album).joinedload(Album.artist),
        joinedload(Track.genre),
        joinedload(Track.media_type),
    )
    .order_by(Track.track_id)
)
ROWS = (
    select(
        Track.track_id,
        Track.name,
        Track.album_id,
        Album.title.label("album"),
        Album.artist_id,
        Artist.name.label("artist"),
        Track.genre_id,
        Genre.name.label("genre"),
        Track.media_type_id,
        MediaType.name.label("media_type"),
        Track.composer,
        Track.milliseconds,
        Track.bytes,
        Track.unit_price,
    )
    .outerjoin(Track.album)
    .outerjoin(Album.artist)
    .outerjoin(Track.genre)
    .join(Track.media_type)
    .order_by(Track.track_id)
)


def full_orm(engine: Engine) -> list[domain.Track]:
    """Load every track as an entity, what it refers to by joins, then map each."""
    with Session(engine) as session:
        return [_mapped(track) for track in session.scalars(ENTITIES).all()]


def paused_orm(engine: Engine) -> list[domain.Track]:
    """Do the same with the garbage collector paused."""
    with paused_gc():
        return full_orm(engine)


def yield_per(engine: Engine) -> list[domain.Track]:
    """Do the same in batches, each let go when it is mapped."""
    with Session(engine) as session:
        tracks = session.scalars(ENTITIES.execution_options(yield_per=BATCH))
        return [_mapped(track) for track in tracks]


def core_rows(engine: Engine) -> list[domain.Track]:
    """Fetch all rows of the join, then build the dataclasses from them."""
    with engine.connect() as connection:
        return list(starmap(domain.Track, connection.execute(ROWS).all()))


def slotted(engine: Engine) -> list[domain.Track]:
    """Stream the join into classes with slots."""
    with engine.execution_options(yield_per=BATCH).connect() as connection:
        return list(starmap(domain.SlottedTrack, connection.execute(ROWS)))


def arrow_columns(engine: Engine) -> pa.Table:
    """Hold one Arrow table."""
    (table,) = arrow.read(engine, ROWS)
    return table


def _mapped(track: Track) -> domain.Track:
    album, genre = track.album, track.genre
    artist = album.artist if album else None
    return domain.Track(
        track_id=track.track_id,
        name=track.name,
        album_id=track.album_id,
        album=album.title if album else None,
        artist_id=artist.artist_id if artist else None,
        artist=artist.name if artist else None,
        genre_id=track.genre_id,
        genre=genre.name if genre else None,
        media_type_id=track.media_type_id,
        media_type=track.media_type.name,
        composer=track.composer,
        milliseconds=track.milliseconds,
        bytes=track.bytes,
        unit_price=track.unit_price,
    )
