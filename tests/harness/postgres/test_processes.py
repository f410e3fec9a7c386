"""What a dead, hung or half made server left does not keep the next run from its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from harness.postgres import answering, embedded, processes
from harness.postgres.folders import own_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

GARBAGE = "neither a number\nnor a folder\n"


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    """A cache folder for these tests, whose server has run and is stopped."""
    parent = Path(tempfile.mkdtemp(prefix="mapping-strategies-test"))
    parent.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(embedded.CACHE_VARIABLE, str(parent / "cache"))
        with embedded.running():
            pass
        yield parent / "cache"
    shutil.rmtree(parent)


@pytest.fixture
def data(cache: Path) -> Path:
    return cache / "postgres-18" / "data"


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not ours to end, of the very user whose server it is."""
    user = {"user": embedded.SERVER_USER} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **user) as process:
        yield process
        assert process.poll() is None, "an innocent process was ended"
        process.kill()


def works(url: URL) -> bool:
    with psycopg.connect(host=str(url.query["host"]), user="postgres") as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@contextmanager
def left_running() -> Iterator[None]:
    """Have a server that its run did not stop, as it was killed."""
    pid = os.fork()
    if pid == 0:
        with embedded.running():
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    yield


def test_a_process_number_that_another_process_has_by_now(
    data: Path, innocent: subprocess.Popen[bytes]
) -> None:
    stale = f"{innocent.pid}\n{data}\n1700000000\n5432\n{data}\n\n  5432001         9\nready   \n"
    owner = data.stat()
    for lock in (data / "postmaster.pid", data / ".s.PGSQL.5432.lock"):
        lock.write_text(stale)
        os.chown(lock, owner.st_uid, owner.st_gid)
    with embedded.running() as url:
        assert works(url)
    (data / "postmaster.pid").write_text(stale)
    with embedded.running() as url:
        (data / "postmaster.pid").write_text(stale)  # not even at the end is it touched
    assert not processes.of(data)


@pytest.mark.parametrize("content", ["", GARBAGE, "-1\n", "0\n", "999999999999\n"])
def test_a_file_of_locks_with_nonsense_in_it(data: Path, content: str) -> None:
    (data / "postmaster.pid").write_text(content)
    with embedded.running() as url:
        assert works(url)
    assert not (data / "postmaster.pid").exists()


def test_a_socket_that_nobody_listens_on(data: Path) -> None:
    with left_running():
        processes_left = processes.of(data)
        assert processes_left
        for process in processes_left:
            os.kill(process, signal.SIGKILL)
    with embedded.running() as url:
        assert works(url)
    assert not list(data.glob(".s.PGSQL*"))


def test_a_socket_that_was_deleted(data: Path) -> None:
    with left_running():
        (data / ".s.PGSQL.5432").unlink()
    with embedded.running() as url:
        assert works(url)
    assert not processes.of(data)


def test_a_server_that_hangs(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "SECONDS_TO_CONNECT", 2)
    with left_running():
        stopped = processes.of(data)
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
    with embedded.running() as url:
        assert works(url)
        assert not set(stopped) & set(processes.of(data))
        for process in processes.of(data):
            os.kill(process, signal.SIGSTOP)
    assert not processes.of(data)


def half_made(data: Path) -> None:
    (data / "PG_VERSION").unlink()
    shutil.copytree(data / "base", data.with_name("data.new") / "base")


def of_another_major(data: Path) -> None:
    (data / "PG_VERSION").write_text("17\n")


def empty(data: Path) -> None:
    shutil.rmtree(data)
    own_folder(data, 0o700)


@pytest.mark.parametrize("spoil", [half_made, of_another_major, empty])
def test_a_data_folder_that_is_none(data: Path, spoil: Callable[[Path], None]) -> None:
    spoil(data)
    with embedded.running() as url:
        assert works(url)
    assert not data.with_name("data.new").exists()


def test_the_file_of_users_deleted_amid_use(cache: Path) -> None:
    """Who came first finds the server stopped by who came later, and starts it again."""
    with embedded.running() as url:
        (cache / "users.lock").unlink()
        with embedded.running() as same:
            assert same == url
        embedded.start()
        assert works(url)
