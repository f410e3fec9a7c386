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
from time import sleep
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

import postgres_processes
from callmeter import temporary
from harness.base.errors import DatabaseError
from harness.postgres import accounts, programs, server
from users import NOBODY, as_user, only_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="what runs is read in /proc")
TRIES = 600


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files are made: a folder of the test's own that every user can pass."""
    folder = Path(tempfile.mkdtemp(prefix="t"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    temporary._clear.cache_clear()  # as in another process
    yield folder
    shutil.rmtree(folder)


def answer(url: URL, query: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text(query))
    engine.dispose()
    return found


def is_over(data: Path) -> bool:
    """Whether all processes of the server end; they have some time for it."""
    return any(not postgres_processes.of(data) or sleep(0.05) for _ in range(TRIES))


def left_by(ending: str) -> None:
    """What a run leaves that ends so, amid the use of its server."""
    code = (
        f"import os, signal\nfrom harness.postgres.server import running\nwith running(): {ending}"
    )
    subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.DEVNULL)


def test_it_runs_while_it_is_used_and_leaves_nothing(place: Path) -> None:
    with server.running() as ours:
        assert answer(ours.url, "SHOW server_version_num") >= "180000"
        assert ours.data.is_relative_to(place)
        assert (ours.data / "postmaster.pid").exists()
    assert list(place.iterdir()) == []
    assert postgres_processes.of(ours.data) == []


def test_runs_beside_each_other_have_a_server_each(place: Path) -> None:
    with server.running() as one, server.running() as other:
        answer(one.url, "SELECT 1")
        assert one.url != other.url
        assert len(list(place.iterdir())) == 2
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("ending", ["raise ValueError", "raise KeyboardInterrupt"])
def test_it_leaves_nothing_after_an_error(place: Path, ending: str) -> None:
    left_by(ending)
    assert list(place.iterdir()) == []


@only_linux
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_it_ends_with_a_killed_run_and_the_next_one_removes_its_folder(
    place: Path, how: str
) -> None:
    left_by(f"os.kill(os.getpid(), signal.{how})")
    (folder,) = place.iterdir()
    assert is_over(folder / "server" / "data")
    with server.running() as ours:
        assert list(place.iterdir()) == [ours.folder]


@only_linux
def test_it_ends_though_its_processes_are_stopped() -> None:
    with server.running() as ours:
        postgres_processes.send(ours.data, signal.SIGSTOP)
    assert postgres_processes.of(ours.data) == []


@only_linux
def test_it_ends_though_what_watches_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SECONDS_TO_END", 0.1)
    with server.running() as ours:
        (first, *_) = (ours.data / "postmaster.pid").read_text().split()
        os.killpg(os.getpgid(int(first)), signal.SIGSTOP)
    assert is_over(ours.data)


@only_linux
def test_no_memory_is_left_that_its_processes_shared() -> None:
    shared = Path("/dev/shm")  # noqa: S108
    with server.running() as ours:
        number = ours.data.stat().st_uid
        before = {path for path in shared.iterdir() if path.stat().st_uid != number}
        postgres_processes.send(ours.data, signal.SIGKILL)
    assert {
        path for path in set(shared.iterdir()) - before if path.stat().st_uid == number
    } == set()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT, signal.SIGSTOP])
@only_linux
def test_one_that_went_is_started_again_with_nothing_in_it(
    how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.postgres.dsn.SECONDS_TO_CONNECT", 2)
    with server.running() as ours:
        answer(ours.url, "SELECT 1")
        before = postgres_processes.of(ours.data)
        postgres_processes.send(ours.data, how)
        ours.start()
        assert answer(ours.url, "SELECT 1") == 1
        assert not set(before) & set(postgres_processes.of(ours.data))


def test_one_that_runs_is_left_as_it_is() -> None:
    with server.running() as ours:
        ours.start()
        engine = create_engine(ours.url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE there AS SELECT 1 AS n"))
        engine.dispose()
        ours.start()
        assert answer(ours.url, "SELECT n FROM there") == 1


def test_nobody_else_gets_in() -> None:
    with server.running() as ours:
        for folder in (ours.data, ours.data.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert answer(ours.url, "SHOW listen_addresses") == ""
        rules = answer(
            ours.url, "SELECT string_agg(auth_method || ' ' || type, ', ') FROM pg_hba_file_rules"
        )
        assert rules == "peer local"


def test_libpqs_variables_do_not_lead_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {"PGHOSTADDR": "127.0.0.1", "PGPORT": "1", "PGSERVICE": "none", "PGTZ": "Japan"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    with server.running() as ours:
        assert answer(ours.url, "SHOW TimeZone") == "UTC"
    assert {name: os.environ[name] for name in elsewhere} == elsewhere


@pytest.mark.parametrize("more", [0, 1, 100])
def test_a_deep_temporary_folder_will_do(
    place: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Even one that leaves no room for the address of a socket."""
    deep = place / ("d" * (server.LONGEST_PLACE + more - len(os.fsencode(place)) - 1))
    deep.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with server.running() as ours:
        assert answer(ours.url, "SELECT 1") == 1
        assert ours.folder.is_relative_to(deep) == (more == 0)
        assert len(os.fsencode(ours.data / ".s.PGSQL.5432")) <= 103
    assert not ours.folder.exists()


@pytest.mark.parametrize("name", ['"', "$(id)", "`id`", "two\nlines", "back\\slash", "with space"])
def test_a_folder_with_an_odd_name_will_do(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    odd = place / name
    odd.mkdir()
    odd.chmod(0o711)
    monkeypatch.setattr("tempfile.tempdir", str(odd))
    with server.running() as ours:
        assert ours.data.is_relative_to(odd)
        assert answer(ours.url, "SELECT 1") == 1


def test_one_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "much")
    with (
        pytest.raises(DatabaseError, match=r'does not start: FATAL: .* "shared_buffers": "much"'),
        server.running(),
    ):
        pass
    assert list(place.iterdir()) == []


def test_a_folder_without_room_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place / "gone"))
    monkeypatch.setattr(server, "_place", tempfile.gettempdir)
    with pytest.raises(DatabaseError, match=r"cannot be set up: .* in TMPDIR$"), server.running():
        pass


@only_root
def test_root_uses_an_open_folder_where_its_own_is_closed(place: Path) -> None:
    place.chmod(0o700)
    with server.running() as ours:
        assert ours.folder.parent == Path(server.SHORT)
        assert answer(ours.url, "SELECT 1") == 1


@only_root
def test_root_is_told_when_every_folder_is_closed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.chmod(0o700)
    monkeypatch.setattr(server, "SHORT", str(place))
    with pytest.raises(DatabaseError, match="closed to others; name an open folder in TMPDIR"):
        server._place()


@only_root
def test_for_root_it_runs_as_a_user_that_nobody_else_has() -> None:
    with server.running() as one, server.running() as other:
        owners = {path.stat().st_uid for path in (one.data, other.data)}
        for ours in (one, other):
            number = ours.data.stat().st_uid
            assert number in accounts.UNUSED
            owned = {path.lstat().st_uid for path in ours.data.rglob("*")}
            assert owned == {number}
        assert len(owners) == 2


@only_root
def test_root_may_have_the_wheel_where_others_cannot_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = programs.of_wheel().parents[1]
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for part in (package, package.with_suffix(".libs")):
        shutil.copytree(part, hidden / part.name, symlinks=True)
    (hidden / package.name / "pginstall18" / "bin" / "postgres").chmod(0o777)  # a careless install
    monkeypatch.setattr(programs, "of_wheel", lambda: hidden / package.name / "pginstall18" / "bin")
    with server.running() as ours:
        assert answer(ours.url, "SELECT 1") == 1
        copied = [path for path in ours.folder.glob("programs/**/*") if not path.is_symlink()]
        assert copied
        assert not [path for path in copied if path.stat().st_mode & 0o022]
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700


@only_root
def test_an_ordinary_user_needs_nothing() -> None:
    def run() -> str:
        with server.running() as ours:
            assert answer(ours.url, "SELECT 1") == 1
            return f"{ours.data.owner()} {stat.S_IMODE(ours.folder.stat().st_mode):o}"

    said = as_user(NOBODY, run)
    if "PermissionError" in said:
        pytest.skip("this checkout is where an ordinary user cannot read it")
    assert said == "nobody 700"
