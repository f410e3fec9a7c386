"""The server of a run in odd places: deep folders, others' variables, after its own end."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from harness.base.errors import DatabaseError
from harness.postgres import server
from run_server import answer, only_linux
from stress.servers import processes_of, send


@only_linux
def test_one_that_went_is_started_again_with_nothing_in_it() -> None:
    with server.running() as ours:
        ours.start()  # which leaves one that runs as it is
        before = processes_of(ours.data)
        assert answer(ours.url, "SELECT 1") == 1
        send(ours.data, signal.SIGKILL)
        ours.start()
        assert answer(ours.url, "SELECT 1") == 1
        assert not set(before) & set(processes_of(ours.data))


@pytest.mark.parametrize("more", [0, 1])
def test_a_deep_temporary_folder_will_do(
    server_place: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Even one that leaves no room for the address of a socket; and one with an odd name."""
    name = 'two\nlines $(id) "\\'
    room = server.LONGEST_PLACE + more - len(os.fsencode(server_place)) - 1
    deep = server_place / name.ljust(room, "d")
    deep.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with server.running() as ours:
        assert answer(ours.url, "SELECT 1") == 1
        assert ours.folder.is_relative_to(deep) == (more == 0)
        assert len(os.fsencode(ours.data / ".s.PGSQL.5432")) <= 103
    assert not ours.folder.exists()


def test_one_that_does_not_start_explains_itself(
    monkeypatch: pytest.MonkeyPatch, server_place: Path
) -> None:
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "much")
    message = r'does not start: FATAL: .* "shared_buffers": "much"'
    with pytest.raises(DatabaseError, match=message), server.running():
        pass
    assert list(server_place.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(server_place / "gone"))
    monkeypatch.setattr(server, "_place", tempfile.gettempdir)
    with pytest.raises(DatabaseError, match=r"cannot be set up: .* in TMPDIR$"), server.running():
        pass
