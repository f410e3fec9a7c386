"""The server of a run lets nobody else in: tried as a second user of the machine."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from harness.base.errors import DatabaseError
from harness.postgres import accounts, programs, server
from stress.servers import processes_of
from stress.users import NAMELESS, NOBODY, ROOT_USER, STRANGER, as_user, only_root, served_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stress.runs import Place

pytestmark = only_root


@pytest.fixture(scope="module", params=[ROOT_USER, NOBODY], ids=["root", "an ordinary user"])
def data(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The data folder of a running server, of root's or of an ordinary user's."""
    with served_by(request.param) as folder:
        yield folder


def strangers(data: Path) -> list[int]:
    """Return users that have no business there; `nobody`, too, where it is not the caller."""
    caller = data.parents[1].stat().st_uid
    return [user for user in (STRANGER, NOBODY) if user != caller]


def open_to(user: int, paths: Iterable[Path]) -> str:
    """Return those of the paths that this user can read or write."""
    every = list(paths)
    return as_user(
        user,
        lambda: [path for path in every if os.access(path, os.R_OK) or os.access(path, os.W_OK)],
    )


def test_another_user_can_read_and_write_no_file(data: Path) -> None:
    folder = data.parents[1]
    every = [folder, data.parent, *data.parent.rglob("*")]
    assert {"log", "postgresql.conf", "postmaster.pid"} <= {path.name for path in every}
    rules = [folder / name for name in ("pg_hba.conf", "pg_ident.conf")]
    for user in strangers(data):
        assert open_to(user, every) == "[]"
        assert "PermissionError" in as_user(user, lambda: list(data.iterdir()))
        assert as_user(user, lambda: [os.access(path, os.W_OK) for path in rules]) == str(
            [False] * 2
        )


def test_nor_signal_a_process_nor_read_shared_memory(data: Path) -> None:
    owner, running = data.stat().st_uid, processes_of(data)
    shared = {path for path in Path("/dev/shm").iterdir() if path.stat().st_uid == owner}  # noqa: S108
    mapped = {
        Path(line.split()[-1])
        for process in running
        for line in Path(f"/proc/{process}/maps").read_text().splitlines()
        if "/" in line and "(deleted)" not in line and "rw-s" in line
    }
    found = [path for path in shared | mapped if path.exists()]
    assert found
    for user in strangers(data):
        assert open_to(user, found) == "[]"
        assert "PermissionError" in as_user(user, lambda: os.kill(running[0], 0))


def test_it_listens_on_no_network_port(data: Path) -> None:
    of_network = set()
    for table in "tcp", "tcp6", "udp", "udp6", "raw", "raw6":
        lines = (Path("/proc/net") / table).read_text().splitlines()[1:]
        of_network |= {f"socket:[{line.split()[9]}]" for line in lines}
    of_server = {
        str(file.readlink())
        for process in processes_of(data)
        for file in Path(f"/proc/{process}/fd").iterdir()
    }
    assert any(name.startswith("socket:") for name in of_server)
    assert not of_server & of_network
    with socket.create_server(("127.0.0.1", 0)) as listening:  # such a one would have been found
        inode = str(Path(f"/proc/self/fd/{listening.fileno()}").readlink())
        assert inode.strip("socket:[]") in Path("/proc/net/tcp").read_text()


def test_another_user_cannot_connect(data: Path) -> None:
    """Not even with a way to the socket: the operating system knows who is calling."""

    def connect() -> object:
        return psycopg.connect(host=str(data), user="postgres", dbname="postgres")

    folder, by_socket = data.parents[1], data / ".s.PGSQL.5432"
    modes = {path: path.stat().st_mode for path in (folder, data.parent, data, by_socket)}
    for user in strangers(data):
        assert "ermission denied" in as_user(user, connect)
    for path in modes:
        path.chmod(0o777 if path == by_socket else 0o711)
    try:
        answers = [as_user(user, connect) for user in strangers(data)]
        as_root = as_user(ROOT_USER, connect)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert all("authentication failed" in answer for answer in answers)
    assert ("Connection" in as_root) == (folder.owner() == "root")


def test_a_user_without_a_name_is_refused() -> None:
    answer = as_user(NAMELESS, server.running().__enter__)
    assert "Postgres runs only for a user with a name, and user 54321" in answer


@pytest.fixture
def folder(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(place.tmp))
    return place.tmp


def test_root_uses_an_open_folder_where_its_own_is_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.chmod(0o700)
    with server.running() as ours:
        assert ours.folder.parent == Path(server.SHORT)
    monkeypatch.setattr(server, "SHORT", str(folder))
    with pytest.raises(DatabaseError, match="name an open folder in TMPDIR"), server.running():
        pass


def test_for_root_it_runs_as_a_user_that_nobody_else_has() -> None:
    with server.running() as one, server.running() as other:
        owners = [{path.lstat().st_uid for path in ours.data.rglob("*")} for ours in (one, other)]
    assert all(len(users) == 1 and users <= set(accounts.UNUSED) for users in owners)
    assert owners[0] != owners[1]


def test_root_may_have_the_wheel_where_others_cannot_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs_ = programs.of_wheel()
    package = programs_.parents[1]
    for part in (package, package.with_suffix(".libs")):
        shutil.copytree(part, tmp_path / part.name, symlinks=True)
    hidden = tmp_path / programs_.relative_to(package.parent)
    (hidden / "postgres").chmod(0o777)  # a careless install
    tmp_path.chmod(0o700)
    monkeypatch.setattr(programs, "of_wheel", lambda: hidden)
    with server.running() as ours:
        copied = [path for path in ours.folder.glob("programs/**/*") if not path.is_symlink()]
        assert copied
        assert not [path for path in copied if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
