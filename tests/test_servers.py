"""Some of what `make trust` tries of servers and of runs beside each other, once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from trust import servers, together
from trust._servers import Server
from trust._trial import a_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    with a_cache() as folder:
        yield folder


@pytest.mark.parametrize("stage", ["seeding", "measuring"])
def test_the_embedded_server_is_killed(cache: Path, stage: str) -> None:
    assert not servers.of_embedded(lambda it: it.send(signal.SIGKILL), stage, cache)


def test_the_connections_of_a_dsn_are_ended(cache: Path) -> None:
    assert not servers.of_dsn("soon", Server.end_connections, "measuring", cache)


def test_a_run_is_killed_amid_what_another_waits_for(cache: Path) -> None:
    assert not together.beside("seeding", cache, by_dsn=False, same=True, kills=True)
