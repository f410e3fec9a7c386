"""All playlists with their tracks: many to many, with texts and what may be NULL, several ways.

Each function takes an engine; given one that shares values, it does.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from examples.chinook import domain
from examples.chinook.models import Playlist, Track
from examples.chinook.rows import with_children
from strategies.support.gc_pause import paused_gc
from strategies.support.packing.layout import packed
from strategies.support.packing.reading import objects

if TYPE_CHECKING:
    from sqlalchemy import Engine

BATCH = 100

ENTITIES = select(Playlist).options(selectinload(Playlist.tracks)).order_by(Playlist.playlist_id)
PLAYLISTS = select(Playlist.playlist_id, Playlist.name).order_by(Playlist.playlist_id)
SONGS = (
    select(
        Playlist.playlist_id,
        Track.track_id,
        Track.name,
        Track.composer,
        Track.milliseconds,
        Track.bytes,
        Track.unit_price,
    )
    .join(Playlist.tracks)
    .order_by(Playlist.playlist_id, Track.track_id)
)
PACKED = packed(
    Playlist,
    Playlist.tracks,
    columns=PLAYLISTS.selected_columns.keys(),
    child_columns=SONGS.selected_columns.keys()[1:],
)


def full_orm(engine: Engine) -> list[domain.Playlist]:
    """Load every playlist as an entity, then map each; a track is one entity in all of them."""
    with Session(engine) as session:
        return [_mapped(playlist) for playlist in session.scalars(ENTITIES).all()]


def paused_orm(engine: Engine) -> list[domain.Playlist]:
    """Do the same with the garbage collector paused."""
    with paused_gc():
        return full_orm(engine)


def yield_per(engine: Engine) -> list[domain.Playlist]:
    """Do the same in batches, each let go when it is mapped, and its tracks with it."""
    batches = ENTITIES.execution_options(yield_per=BATCH)
    with Session(engine) as session, closing(session.scalars(batches)) as playlists:
        return [_mapped(playlist) for playlist in playlists]


def core_rows(engine: Engine) -> list[domain.Playlist]:
    """Fetch the rows of both queries whole, then build the dataclasses from them."""
    with engine.connect() as connection:
        playlists = connection.execute(PLAYLISTS).all()
        songs = connection.execute(SONGS).all()
    return list(with_children("playlist_id", playlists, songs, domain.Playlist, domain.Song))


def slotted(engine: Engine) -> list[domain.Playlist]:
    """Stream both queries side by side into classes with slots."""
    with (
        engine.execution_options(yield_per=2 * BATCH).connect() as connection,
        connection.execute(PLAYLISTS) as playlists,
        connection.execute(SONGS) as songs,
    ):
        classes = domain.SlottedPlaylist, domain.SlottedSong
        return list(with_children("playlist_id", playlists, songs, *classes))


def packed_objects(engine: Engine) -> list[domain.Playlist]:
    """Let Postgres pack a playlist and its tracks into one row; share equal values by column."""
    with paused_gc():
        return list(objects(PACKED, engine, {}, domain.SlottedPlaylist, domain.SlottedSong))


def _mapped(playlist: Playlist) -> domain.Playlist:
    return domain.Playlist(
        playlist_id=playlist.playlist_id,
        name=playlist.name,
        tracks=[
            domain.Song(
                track_id=track.track_id,
                name=track.name,
                composer=track.composer,
                milliseconds=track.milliseconds,
                bytes=track.bytes,
                unit_price=track.unit_price,
            )
            for track in playlist.tracks
        ],
    )
