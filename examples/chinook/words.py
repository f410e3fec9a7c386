"""Made-up names of the lengths that people, songs and streets have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def _split(words: str) -> list[str]:
    return words.split()


GENRES = (
    *("Rock", "Latin", "Metal", "Alternative & Punk", "Jazz", "TV Shows", "Blues", "Classical"),
    *("Drama", "R&B/Soul", "Reggae", "Pop", "Soundtrack", "Alternative", "Hip Hop/Rap", "World"),
    *("Electronica/Dance", "Heavy Metal", "Sci Fi & Fantasy", "Easy Listening", "Comedy"),
    *("Bossa Nova", "Science Fiction", "Rock And Roll", "Opera"),
)
MEDIA_TYPES = (
    "MPEG audio file",
    "Protected AAC audio file",
    "Protected MPEG-4 video file",
    "Purchased AAC audio file",
    "AAC audio file",
)
MEDIA_TYPE_WEIGHTS = (866, 68, 61, 2, 3)
VIDEO = 3

FIRST_NAMES = _split(
    "Ana Bruno Carla Dieter Élise Fátima Géza Hanna Igor João Kara Luís Marek Nadia Otto Petra "
    "Quentin Rosa Søren Tomás Ulla Vera Wanda Xavier Yusuf Zoë"
)
LAST_NAMES = _split(
    "Almeida Bergström Castro Dupont Eriksen Fischer Gonçalves Hughes Ivanova Jensen Kovács Lindt "
    "Moreau Novák Okafor Peeters Quiroga Rossi Silva Tanaka Urban Vasquez Wójcik Yilmaz"
)
WORDS = _split(
    "Amber Avenue Blue Bridge Broken Canção Carnival City Cloud Coração Dance Daylight Distant "
    "Dream Electric Ember Fire Forever Garden Ghost Glass Golden Gravity Harbor Heart Hollow Iron "
    "June Kingdom Lantern Last Letter Light Lonely Machine Mercy Midnight Mirror Moon Morning "
    "Mountain Never Night Noite Ocean Paper Paradise Quiet Rain River Road Saudade Shadow Silver "
    "Sister Sky Slow Smoke Snow Stone Storm Summer Sunday Thunder Tomorrow Train Velvet Violet "
    "Wild Winter Yellow"
)
STREETS = ("Street", "Avenue", "Road", "Lane", "Place", "Boulevard", "Quay", "Square")
CITIES = (
    *(("New York", "NY", "USA"), ("Mountain View", "CA", "USA"), ("Chicago", "IL", "USA")),
    *(("Boston", "MA", "USA"), ("Salt Lake City", "UT", "USA"), ("Fort Worth", "TX", "USA")),
    *(("Montréal", "QC", "Canada"), ("Vancouver", "BC", "Canada"), ("Toronto", "ON", "Canada")),
    *(
        ("São Paulo", "SP", "Brazil"),
        ("Rio de Janeiro", "RJ", "Brazil"),
        ("Sydney", "NSW", "Australia"),
    ),
    *(("Paris", None, "France"), ("Lyon", None, "France"), ("Bordeaux", None, "France")),
    *(("Berlin", None, "Germany"), ("Frankfurt", None, "Germany"), ("Lisbon", None, "Portugal")),
    *(("London", None, "United Kingdom"), ("Edinburgh", None, "United Kingdom")),
    *(("Prague", None, "Czech Republic"), ("Vienne", None, "Austria"), ("Delhi", None, "India")),
    *(("Brussels", None, "Belgium"), ("Copenhagen", None, "Denmark"), ("Oslo", None, "Norway")),
)


def title(random: Random) -> str:
    """Return a title: of one word, or of up to five."""
    (count,) = random.choices((1, 2, 3, 5), (5, 60, 30, 5))
    return " ".join(random.choices(WORDS, k=count))


def artist(random: Random) -> str:
    """Return the name of a band, or of a person."""
    return f"The {random.choice(WORDS)}s" if random.random() < 0.5 else _person(random)


def composer(random: Random) -> str:
    """Return those who wrote a song, one to four of them."""
    return ", ".join(_person(random) for _ in range(random.choice((1, 1, 2, 2, 4))))


def address(random: Random) -> tuple[str, str, str | None, str, str | None]:
    """Return street, city, state, country and postal code; some have no state, or no code."""
    city, state, country = random.choice(CITIES)
    street = f"{random.randint(1, 9999)} {random.choice(WORDS)} {random.choice(STREETS)}"
    code = f"{random.randint(10_000, 99_999)}" if random.random() < 0.93 else None
    return street, city, state, country, code


def phone(random: Random) -> str:
    """Return a telephone number."""
    country, area, number = (random.randrange(10**digits) for digits in (2, 3, 7))
    return f"+{country} ({area}) {number}"


def _person(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
