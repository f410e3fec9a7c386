"""The server of a run: closed to everyone else, and gone with its run, however that ends."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from callmeter import temporary
from harness.base.errors import DatabaseError
from harness.postgres import server
from harness.postgres.connection import connected
from stress.runs import wait_until
from stress.servers import processes_of, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="what runs is read in /proc")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files: the test's own, which every user can pass."""
    folder = Path(tempfile.mkdtemp(prefix="t"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    temporary._clear.cache_clear()  # as in another process
    yield folder
    shutil.rmtree(folder)


def answer(url: URL, query: str) -> object:
    with connected(url) as connection:
        return connection.scalar(text(query))


def test_it_runs_while_it_is_used_and_leaves_nothing(place: Path) -> None:
    """Beside others, each with its data."""
    with server.running() as one, server.running() as other:
        assert answer(one.url, "SHOW server_version_num") >= "180000"
        assert one.data.is_relative_to(place)
        assert one.url != other.url
    assert list(place.iterdir()) == []
    assert processes_of(one.data) == []


@only_linux
def test_it_ends_with_a_killed_run_and_the_next_one_removes_its_folder(place: Path) -> None:
    killed = "from harness.postgres.server import running\nwith running(): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", f"import os\n{killed}"], check=False)
    (folder,) = place.iterdir()
    data = folder / "server" / "data"
    assert wait_until(lambda: not processes_of(data))
    with server.running() as ours:
        assert list(place.iterdir()) == [ours.folder]


@only_linux
def test_it_ends_though_it_and_what_watches_it_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SECONDS_TO_END", 0.1)
    with server.running() as ours:
        (first, *_) = (ours.data / "postmaster.pid").read_text().split()
        send(ours.data, signal.SIGSTOP)
        os.killpg(os.getpgid(int(first)), signal.SIGSTOP)
    assert wait_until(lambda: not processes_of(ours.data))


@only_linux
def test_no_memory_is_left_that_its_processes_shared() -> None:
    shared = Path("/dev/shm")  # noqa: S108
    with server.running() as ours:
        user, before = ours.data.stat().st_uid, set(shared.iterdir())
        send(ours.data, signal.SIGKILL)
    assert {path for path in shared.iterdir() if path.stat().st_uid == user} <= before


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


@pytest.mark.parametrize("more", [0, 1])
def test_a_deep_temporary_folder_will_do(
    place: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Even one that leaves no room for the address of a socket; and one with an odd name."""
    name = 'two\nlines $(id) "\\'
    room = server.LONGEST_PLACE + more - len(os.fsencode(place)) - 1
    deep = place / name.ljust(room, "d")
    deep.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with server.running() as ours:
        assert answer(ours.url, "SELECT 1") == 1
        assert ours.folder.is_relative_to(deep) == (more == 0)
        assert len(os.fsencode(ours.data / ".s.PGSQL.5432")) <= 103
    assert not ours.folder.exists()


def test_one_that_does_not_start_explains_itself(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "much")
    message = r'does not start: FATAL: .* "shared_buffers": "much"'
    with pytest.raises(DatabaseError, match=message), server.running():
        pass
    assert list(place.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(place / "gone"))
    monkeypatch.setattr(server, "_place", tempfile.gettempdir)
    with pytest.raises(DatabaseError, match=r"cannot be set up: .* in TMPDIR$"), server.running():
        pass
