"""The worked example on Chinook: its ways agree, its data is what it says, its commands exist."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from callmeter.equality import first_difference
from callmeter.normalize import items
from callmeter.target import parse
from examples.chinook import __main__ as example
from examples.chinook import arrow, invoices, tracks
from examples.chinook.data import Store, provide, tables
from examples.chinook.models import SCHEMA, Invoice, Track
from harness.model import run as results
from harness.postgres.connection import connected
from strategies.shared_values import share_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from harness.postgres.connection import Database

SMALL = Store(artists=15, albums=20, tracks=200, customers=10, invoices=120)
README = Path(example.__file__).with_name("README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
    if line.startswith("python ")
]


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    """An engine of a database that has a small store in it."""
    with connected(database.url) as server:
        name = f"chinook_{token_hex(4)}"
        server.execute(text(f"CREATE DATABASE {name}"))
        engine = create_engine(database.url.set(database=name), isolation_level="REPEATABLE READ")
        provide(engine, SMALL)
        yield engine
        arrow.pool(engine.url).dispose()
        engine.dispose()
        server.execute(text(f"DROP DATABASE {name}"))


@pytest.fixture(scope="module")
def with_gaps(engine: Engine) -> None:
    """An invoice without lines, amidst the others; a track that belongs to nothing."""
    with Session(engine) as session, session.begin():
        invoice = session.get_one(Invoice, 60)
        for line in invoice.lines:
            session.delete(line)
        track = session.get_one(Track, 60)
        track.album = track.genre = None


@pytest.fixture(scope="module")
def sharing(engine: Engine) -> Iterator[Engine]:
    sharing = create_engine(engine.url, isolation_level="REPEATABLE READ")
    share_values(sharing)
    yield sharing
    sharing.dispose()


@pytest.mark.usefixtures("with_gaps")
@pytest.mark.parametrize("way", example.WAYS)
@pytest.mark.parametrize("read", [invoices, tracks])
def test_every_way_gives_equal_data(read: Any, way: str, engine: Engine, sharing: Engine) -> None:
    name, _, which = way[:-1].partition("(")
    given = getattr(read, name)({"engine": engine, "sharing": sharing}[which])
    assert first_difference(items(read.full_orm(engine)), items(given)) is None
    assert len(given) == (SMALL.invoices if read is invoices else SMALL.tracks)


def test_the_data_is_the_same_each_time() -> None:
    one, other = ([(name, list(rows)) for name, rows in tables(SMALL)] for _ in range(2))
    assert one == other
    assert len(one) == 11


def test_the_data_is_as_wide_and_as_repetitive_as_chinooks() -> None:
    found = {name: list(rows) for name, rows in tables(Store(invoices=700))}
    names, composers = ([row[nth] for row in found["track"]] for nth in (1, 5))
    assert len(names) == 3_503
    assert 13 < mean(map(len, names)) < 18
    assert 0.8 < len(set(names)) / len(names) < 0.95
    assert 0.2 < composers.count(None) / len(composers) < 0.35
    assert 20 < mean(len(each) for each in composers if each) < 32
    assert 300_000 < mean(row[6] for row in found["track"]) < 500_000
    states = [row[5] for row in found["invoice"]]
    assert 0.4 < states.count(None) / len(states) < 0.6
    assert len(found["invoice_line"]) / len(found["invoice"]) == pytest.approx(38 / 7)
    totals = {row[0]: row[8] for row in found["invoice"]}
    for _, invoice, _, price, quantity in found["invoice_line"]:
        totals[invoice] -= price * quantity
    assert not any(totals.values())


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Engine]:
    """An engine of another database, empty."""
    with connected(database.url) as server:
        name = f"chinook_{token_hex(4)}"
        server.execute(text(f"CREATE DATABASE {name}"))
        engine = create_engine(database.url.set(database=name))
        yield engine
        engine.dispose()
        server.execute(text(f"DROP DATABASE {name}"))


def test_a_store_is_written_once_and_again_in_another_size(elsewhere: Engine) -> None:
    for store in (SMALL, SMALL, Store(albums=3, tracks=20, customers=2, invoices=7)):
        provide(elsewhere, store)
        with elsewhere.connect() as connection:
            count = text(f"SELECT count(*), max(xmin::text) FROM {SCHEMA}.invoice")
            found = connection.execute(count).one()
        assert found[0] == store.invoices
        if store is SMALL:
            written = found[1]
            provide(elsewhere, store)
            with elsewhere.connect() as connection:
                assert connection.execute(count).one()[1] == written


def test_a_schema_of_somebody_elses_is_left_as_it_is(elsewhere: Engine) -> None:
    with elsewhere.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    with pytest.raises(ValueError, match="not ours"):
        provide(elsewhere, SMALL)


def test_the_example_measures_what_it_says(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "FOLDER", tmp_path)
    monkeypatch.setattr(example, "WAYS", ("full_orm(engine)", "full_orm(sharing)"))
    url = engine.url.render_as_string(hide_password=False)
    assert example.measure("tracks", url, "--meter", "tracemalloc", "--repeat", "1") == 0
    run = results.read(tmp_path / "chinook-tracks.jsonl")
    assert run.header.reference == "examples.chinook.tracks:full_orm(engine)"
    assert not any(measurement.error for measurement in run.measurements)
    assert (tmp_path / "chinook-tracks.html").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=shlex.join)
def test_every_command_of_the_readme_exists(command: list[str]) -> None:
    _, option, module, *arguments = command
    assert option == "-m"
    assert find_spec(module)
    for argument in arguments:
        if argument.startswith("examples."):
            target = parse(argument)
            assert hasattr(import_module(target.where), target.call.partition("(")[0])
