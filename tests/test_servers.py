"""Some of what `make trust` tries of servers and of runs beside each other, once."""

from __future__ import annotations

import signal

import pytest

from trust import servers, together
from trust._servers import Server


@pytest.mark.parametrize("stage", ["seeding", "measuring"])
def test_the_embedded_server_is_killed(stage: str) -> None:
    assert not servers.of_embedded(lambda it: it.send(signal.SIGKILL), stage)


def test_the_connections_of_a_dsn_are_ended() -> None:
    assert not servers.of_dsn("soon", Server.end_connections, "measuring")


def test_a_run_is_killed_beside_another() -> None:
    assert not together.beside("seeding", by_dsn=False, same=True, kills=True)
