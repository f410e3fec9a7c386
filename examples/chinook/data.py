"""A Chinook store of any size, generated: the same data each time, none of it the original's.

    DATABASE_URL=postgresql://... python -m examples.chinook.data

Widths, repetition and missing values follow the original: a third of the tracks has no composer,
half of the addresses no state, an invoice some 5.4 lines, and two prices are all there are.
Playlists are many and short, as an application's users make them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.schema import CreateSchema, DropSchema

from examples.chinook import words
from examples.chinook.models import SCHEMA, Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Engine

    Rows = Iterable[tuple[Any, ...]]

MARK = "made by examples/chinook"
SHORTEST, LONGEST = 10, 50
"""Tracks of a playlist."""
LINES_OF_AN_INVOICE = (2, 4, 6, 9, 14, 1, 2)
"""In turn, as in the original."""
SONG, VIDEO = Decimal("0.99"), Decimal("1.99")
OPENED = datetime(2021, 1, 1)
DAYS_OPEN = 5 * 365


@dataclass(frozen=True)
class Store:
    """How big a store is. The catalogue is as large as Chinook's; what users do is scaled up."""

    artists: int = 275
    albums: int = 347
    tracks: int = 3_503
    playlists: int = 1_000
    employees: int = 8
    customers: int = 2_000
    invoices: int = 10_000


def provide(engine: Engine, store: Store | None = None) -> None:
    """Write the store into the engine's database, unless it is there already.

    Raises ValueError where somebody else's schema has that name.
    """
    store = store or Store()
    sources = (Path(__file__).with_name(f"{name}.py") for name in ("data", "models", "words"))
    version = crc32(b"".join(source.read_bytes() for source in sources))
    mark = f"{MARK}: {store}, {version:08x}"
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": SCHEMA})
        found = connection.execute(
            text("SELECT obj_description(oid) FROM pg_namespace WHERE nspname = :name"),
            {"name": SCHEMA},
        ).one_or_none()
        if found and found[0] == mark:
            return
        if found and not str(found[0]).startswith(MARK):
            raise ValueError(f"there is a schema {SCHEMA} that is not ours: it is left as it is")
        connection.execute(DropSchema(SCHEMA, cascade=True, if_exists=True))
        connection.execute(CreateSchema(SCHEMA))
        connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{mark}'"))
        _write(connection, store)


def _write(connection: Connection, store: Store) -> None:
    Base.metadata.create_all(connection)
    cursor = connection.connection.cursor()
    for name, rows in tables(store):
        with cursor.copy(f"COPY {SCHEMA}.{name} FROM STDIN WITH (FREEZE)") as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute(text(f"ANALYZE {SCHEMA}.{name}"))


def tables(store: Store) -> Iterator[tuple[str, Rows]]:
    """Return each table's name and rows, those first that others refer to."""
    random = Random(1)  # noqa: S311 - the same data each time
    customers = [_customer(random, store, nth) for nth in _ids(store.customers)]
    tracks = list(_tracks(random, store))
    yield "artist", [(nth, words.artist(random)) for nth in _ids(store.artists)]
    yield (
        "album",
        [
            (nth, words.title(random), _often_first(random, store.artists))
            for nth in _ids(store.albums)
        ],
    )
    yield "genre", enumerate(words.GENRES, 1)
    yield "media_type", enumerate(words.MEDIA_TYPES, 1)
    yield "track", tracks
    yield "playlist", [(nth, words.title(random)) for nth in _ids(store.playlists)]
    yield "playlist_track", _in_playlists(random, store)
    yield "employee", [_employee(random, nth) for nth in _ids(store.employees)]
    yield "customer", customers
    yield from _sales(random, store, customers, tracks)


def _tracks(random: Random, store: Store) -> Rows:
    """Return tracks album by album, which share a genre, a kind of file and often a composer."""
    starts = sorted(random.sample(range(1, store.tracks), k=store.albums - 1))
    for album, (first, end) in enumerate(
        zip([0, *starts], [*starts, store.tracks], strict=True), 1
    ):
        genre = _often_first(random, len(words.GENRES))
        (media,) = random.choices(_ids(len(words.MEDIA_TYPES)), words.MEDIA_TYPE_WEIGHTS)
        composers = [words.composer(random) for _ in range(random.randint(1, 4))]
        is_video = media == words.VIDEO
        for track in range(first + 1, end + 1):
            milliseconds = int(random.lognormvariate(14.6 if is_video else 12.5, 0.35))
            size = milliseconds * random.randint(180, 200) if is_video else milliseconds * 33
            composer = random.choice(composers) if random.random() < 0.72 else None
            price = VIDEO if is_video else SONG
            name = words.title(random)
            yield track, name, album, media, genre, composer, milliseconds, size, price


def _in_playlists(random: Random, store: Store) -> Rows:
    """Return the tracks of each playlist, each once: the first of the store far more often."""
    for playlist in _ids(store.playlists):
        count = random.randint(SHORTEST, LONGEST)
        chosen = {_often_first(random, store.tracks) for _ in range(count)}
        yield from ((playlist, track) for track in sorted(chosen))


def _sales(random: Random, store: Store, customers: list[Any], tracks: list[Any]) -> Iterator[Any]:
    """Return invoices and their lines; every customer comes back in turn."""
    counts = [LINES_OF_AN_INVOICE[nth % 7] for nth in range(store.invoices)]
    bought = [[random.choice(tracks) for _ in range(count)] for count in counts]
    yield (
        "invoice",
        [
            (
                nth + 1,
                customers[nth % len(customers)][0],
                OPENED + timedelta(days=nth * DAYS_OPEN // store.invoices),
                *customers[nth % len(customers)][4:9],
                sum(track[-1] for track in of_invoice),
            )
            for nth, of_invoice in enumerate(bought)
        ],
    )
    firsts = accumulate(counts, initial=1)
    yield (
        "invoice_line",
        (
            (line, invoice, track[0], track[-1], 1)
            for invoice, (first, of_invoice) in enumerate(zip(firsts, bought, strict=False), 1)
            for line, track in enumerate(of_invoice, first)
        ),
    )


def _customer(random: Random, store: Store, nth: int) -> tuple[Any, ...]:
    first, last = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
    company = words.title(random) if random.random() < 0.17 else None
    place, phone = words.address(random), words.phone(random)
    email = f"{first}.{last}{nth}@example.com".lower()
    return nth, first, last, company, *place, phone, None, email, random.randint(1, store.employees)


def _employee(random: Random, nth: int) -> tuple[Any, ...]:
    first, last = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
    born, hired = (
        OPENED - timedelta(days=random.randint(*days)) for days in ((9000, 20000), (0, 3000))
    )
    title, manager = ("Sales Support Agent", 1) if nth > 1 else ("General Manager", None)
    email = f"{first}.{last}@example.com".lower()
    place, phone = words.address(random), words.phone(random)
    return nth, last, first, title, manager, born, hired, *place, phone, None, email


def _ids(count: int) -> range:
    return range(1, count + 1)


def _often_first(random: Random, count: int) -> int:
    """Return an id, a low one far more often: a few artists and genres have most of the store."""
    return 1 + int(count * random.random() ** 2.5)


if __name__ == "__main__":
    from examples.chinook.database import engine

    provide(engine)
