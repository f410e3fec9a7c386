"""The server of a run: closed to everyone else, and gone with its run, however that ends."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from harness.postgres import server
from run_server import answer, only_linux
from stress.servers import processes_of
from support import wait_until


def test_it_runs_while_it_is_used_and_leaves_nothing(server_place: Path) -> None:
    """Beside others, each with its data."""
    with server.running() as one, server.running() as other:
        assert answer(one.url, "SHOW server_version_num") >= "180000"
        assert one.data.is_relative_to(server_place)
        assert one.url != other.url
    assert list(server_place.iterdir()) == []
    assert processes_of(one.data) == []


@only_linux
def test_it_ends_with_a_killed_run_and_the_next_one_removes_its_folder(server_place: Path) -> None:
    killed = "from harness.postgres.server import running\nwith running(): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", f"import os\n{killed}"], check=False)
    (folder,) = server_place.iterdir()
    data = folder / "server" / "data"
    assert wait_until(lambda: not processes_of(data))
    with server.running() as ours:
        assert list(server_place.iterdir()) == [ours.folder]


def test_nobody_else_gets_in() -> None:
    """As tests/stress/test_second_user.py tries it."""
    with server.running() as ours:
        for folder in (ours.data, ours.data.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert answer(ours.url, "SHOW listen_addresses") == ""
        rules = "SELECT string_agg(auth_method || ' ' || type, ', ') FROM pg_hba_file_rules"
        assert answer(ours.url, rules) == "peer local"


def test_libpqs_variables_do_not_lead_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {"PGHOSTADDR": "127.0.0.1", "PGPORT": "1", "PGSERVICE": "none", "PGTZ": "Japan"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    with server.running() as ours:
        assert answer(ours.url, "SHOW TimeZone") == "UTC"
    assert {name: os.environ[name] for name in elsewhere} == elsewhere
