"""What the tests share: a real Postgres, and schemas in it that are dropped again."""

from __future__ import annotations

import signal
import sys
from secrets import token_hex
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy import create_engine, text

from handlers import handlers_restored
from harness import cli
from harness.postgres.connection import connected
from harness.postgres.session import drop, open_database, schemas
from harness.postgres.writer import write
from run_server import server_place

pytest_plugins = ["pytester"]
__all__ = ["server_place"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine

    from harness.postgres.connection import Database
    from strategies.support.contract import PremiumEntry
    from support import Command


# A shell's background job ignores Ctrl-C's signal, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest.register_assert_rewrite("support")  # it asserts, and is not imported above

# The machine may be slow for a moment: no test has a deadline.
hypothesis.settings.register_profile("no-deadline", deadline=None)
hypothesis.settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """A Postgres for this session of tests."""
    with open_database() as embedded:
        yield embedded


@pytest.fixture(scope="session")
def written(database: Database) -> Iterator[Callable[[Iterable[PremiumEntry]], URL]]:
    """A function that writes entries into a new schema, and gives its URL."""
    prefix = f"mapping_strategies_test_{token_hex(4)}"

    def write_to_new_schema(premiums: Iterable[PremiumEntry]) -> URL:
        return write(database.url, f"{prefix}_{token_hex(4)}", premiums)

    yield write_to_new_schema
    with connected(database.url) as connection:
        drop(connection, schemas(connection, prefix))


@pytest.fixture(scope="session", autouse=True)
def _runs_saved_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's cache folder is the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def engine_at() -> Iterator[Callable[[URL], Engine]]:
    """A function that gives an engine, disposed of after the test."""
    engines: list[Engine] = []

    def make(url: URL, **options: object) -> Engine:
        engines.append(create_engine(url, **options))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def foreign(database: Database) -> Iterator[URL]:
    """A database of the embedded server that stands for a user's own."""
    with connected(database.url) as connection:
        name = f"foreign_{token_hex(4)}"
        connection.execute(text(f"CREATE DATABASE {name}"))
        url = database.url.set(database=name)
        with connected(url) as there:
            there.execute(text("CREATE TABLE premium_entry (theirs text)"))
            there.execute(text("INSERT INTO premium_entry VALUES ('precious')"))
        yield url
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """`support.harness`, but in this process: for what ends before anything is measured."""

    def run(*words: str, folder: Path) -> CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["harness", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return CompletedProcess(words, int(ended.value.code or 0), *capsys.readouterr())

    with handlers_restored():
        yield run
