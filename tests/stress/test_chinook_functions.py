"""The worked example on Chinook: its functions agree, its data is realistic, its commands exist."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from callmeter.equality import first_difference
from callmeter.normalize import items
from callmeter.target import parse
from chinook_store import SMALL, empty_database
from examples.chinook import __main__ as example
from examples.chinook import arrow
from examples.chinook.data import Store, provide
from examples.chinook.models import SCHEMA, Invoice, Playlist, Track
from strategies.support.shared_values import share_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from harness.postgres.connection import Database

README = Path(example.__file__).with_name("README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
    if line.startswith("python ")
]


@pytest.fixture(scope="module")
def engines(database: Database) -> Iterator[dict[str, Engine]]:
    """A plain engine and one that shares values, of a small store.

    An invoice has no lines, amidst the others; a track belongs to nothing, a playlist is empty.
    """
    with empty_database(database) as engine:
        provide(engine, SMALL)
        with Session(engine) as session, session.begin():
            session.get_one(Playlist, 6).tracks = []
            for line in session.get_one(Invoice, 60).lines:
                session.delete(line)
            track = session.get_one(Track, 60)
            track.album = track.genre = None
        sharing = create_engine(engine.url, isolation_level="REPEATABLE READ")
        share_values(sharing)
        yield {"engine": engine, "sharing": sharing}
        sharing.dispose()
        arrow.pool(engine.url).dispose()


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Engine]:
    """An engine of another database, empty."""
    with empty_database(database) as engine:
        yield engine


@pytest.mark.parametrize(
    ("read", "call"), [(read, call) for read, calls in example.WAYS.items() for call in calls]
)
def test_every_function_returns_equal_data(
    read: str, call: str, engines: dict[str, Engine]
) -> None:
    module = import_module(f"examples.chinook.{read}")
    name, _, which = call[:-1].partition("(")
    given = getattr(module, name)(engines[which])
    assert first_difference(items(module.full_orm(engines["engine"])), items(given)) is None
    assert len(given) == getattr(SMALL, read)


def test_a_store_is_written_once_and_again_in_another_size(elsewhere: Engine) -> None:
    query = text(f"SELECT count(*), max(xmin::text) FROM {SCHEMA}.invoice")
    found = []
    for store in (SMALL, SMALL, Store(albums=3, tracks=20, customers=2, invoices=7)):
        provide(elsewhere, store)
        with elsewhere.connect() as connection:
            found.append(connection.execute(query).one())
    assert [count for count, _ in found] == [SMALL.invoices, SMALL.invoices, 7]
    assert found[0] == found[1]


def test_a_schema_of_somebody_elses_is_left_as_it_is(elsewhere: Engine) -> None:
    with elsewhere.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    with pytest.raises(ValueError, match="not ours"):
        provide(elsewhere, SMALL)


@pytest.mark.parametrize("command", COMMANDS, ids=shlex.join)
def test_every_command_of_the_readme_exists(command: list[str]) -> None:
    _, option, module, *arguments = command
    assert option == "-m"
    assert find_spec(module)
    for argument in arguments:
        if argument.startswith("examples."):
            target = parse(argument)
            assert hasattr(import_module(target.where), target.call.partition("(")[0])
