"""The embedded server lets nobody else in: tried as a second user of the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from harness.errors import DatabaseError
from harness.postgres import embedded
from support import ROOT
from users import NAMELESS, NOBODY, ROOT_USER, STRANGER, as_user, only_root, served_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = only_root
PYTHON = f"python{sysconfig.get_python_version()}"


@pytest.fixture(scope="module", params=[ROOT_USER, NOBODY], ids=["root", "an ordinary user"])
def data(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The data folder of a running server, of root's or of an ordinary user's."""
    home = Path(tempfile.mkdtemp(prefix="mapping-strategies-test"))
    home.chmod(0o755)
    os.chown(home, request.param, request.param)
    with served_by(request.param, home / "cache") as folder:
        yield folder
    shutil.rmtree(home)


def open_to_a_stranger(paths: Iterable[Path]) -> str:
    """Those of the paths that another user can read or write."""
    every = list(paths)
    return as_user(
        STRANGER,
        lambda: [each for each in every if os.access(each, os.R_OK) or os.access(each, os.W_OK)],
    )


def server(data: Path) -> list[Path]:
    """The server's processes, as /proc has them."""
    first = (data / "postmaster.pid").read_text().split()[0]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            found += [process] if first in {process.name, parent} else []
    return found


def test_another_user_can_read_and_write_nothing(data: Path) -> None:
    cache = data.parents[1]
    every = [cache, *cache.rglob("*")]
    assert {"users.lock", "start.lock", "log", "pg_hba.conf"} <= {path.name for path in every}
    assert open_to_a_stranger(every) == "[]"
    assert "PermissionError" in as_user(STRANGER, lambda: list(cache.iterdir()))


def test_nor_by_the_memory_that_its_processes_share(data: Path) -> None:
    shared = {path for path in Path("/dev/shm").iterdir() if path.owner() == data.owner()}  # noqa: S108
    mapped = {
        Path(line.split()[-1])
        for process in server(data)
        for line in (process / "maps").read_text().splitlines()
        if "/dev/shm/" in line  # noqa: S108
    }
    found = [path for path in shared | mapped if path.exists()]
    assert found
    assert open_to_a_stranger(found) == "[]"


def test_it_listens_on_no_network_port(data: Path) -> None:
    of_network = set()
    for table in "tcp", "tcp6", "udp", "udp6", "raw", "raw6":
        lines = (Path("/proc/net") / table).read_text().splitlines()[1:]
        of_network |= {f"socket:[{line.split()[9]}]" for line in lines}
    processes = server(data)
    its_own = {str(each.readlink()) for path in processes for each in (path / "fd").iterdir()}
    assert any(name.startswith("socket:") for name in its_own)
    assert not its_own & of_network
    with socket.create_server(("127.0.0.1", 0)) as here:  # such a one would have been found
        inode = str(Path(f"/proc/self/fd/{here.fileno()}").readlink())
        assert inode.strip("socket:[]") in Path("/proc/net/tcp").read_text()


def test_another_user_cannot_connect(data: Path) -> None:
    """Not even with a way to the socket: the operating system says who is calling."""
    by_socket = data / ".s.PGSQL.5432"

    def connect() -> object:
        return psycopg.connect(host=str(data), user="postgres", dbname="postgres")

    assert "ermission denied" in as_user(STRANGER, connect)
    for path, mode in (data.parent, 0o711), (data, 0o711), (by_socket, 0o777):
        path.chmod(mode)
    try:
        said = as_user(STRANGER, connect)
        as_root = as_user(ROOT_USER, connect)
    finally:
        for path in data.parent, data, by_socket:
            path.chmod(0o700)
    assert "authentication failed" in said
    assert ("Connection" in as_root) == (data.parents[1].owner() == "root")


@pytest.mark.parametrize("planted", ["a folder", "a symlink of theirs", "a symlink of ours"])
def test_a_folder_that_another_user_planted_is_refused(cache: Path, planted: str) -> None:
    target = cache.parent / "target"
    target.mkdir(mode=0o755)
    (target / "users.lock").write_text("precious")
    if planted == "a folder":
        cache.mkdir()
    else:
        cache.symlink_to(target)
    if planted != "a symlink of ours":
        os.chown(cache, STRANGER, STRANGER, follow_symlinks=False)
    with pytest.raises(DatabaseError, match="not a folder that only its owner"), embedded.running():
        pass
    assert [path.name for path in target.iterdir()] == ["users.lock"]
    assert (target / "users.lock").read_text() == "precious"


def test_a_user_without_a_name_is_told_so(cache: Path) -> None:
    os.chown(cache.parent, NAMELESS, NAMELESS)
    said = as_user(NAMELESS, embedded.running().__enter__)
    assert said.startswith(
        "DatabaseError: Postgres runs only for a user with a name, and user 54321"
    )


def python_of(user: int) -> str | None:
    """A Python that the user can run: this one, or else the system's of the same version."""
    system = shutil.which(PYTHON, path="/usr/bin:/usr/local/bin")
    for each in filter(None, (sys.executable, system)):
        try:
            subprocess.run([each, "-c", ""], user=user, check=True, extra_groups=[])
        except (OSError, subprocess.CalledProcessError):
            continue
        return each
    return None


def modes(*folders: Path) -> dict[Path, tuple[int, int]]:
    """The modes and owners of all folders below these and above."""
    found = {above for folder in folders for above in (folder, *folder.resolve().parents)}
    for folder in folders:
        found |= {path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()}
    stats = {path: path.stat() for path in found if path.name != "__pycache__"}
    return {path: (stat.st_mode, stat.st_uid) for path, stat in stats.items()}


@pytest.mark.parametrize("user", [ROOT_USER, NOBODY], ids=["root", "an ordinary user"])
def test_a_whole_run_changes_the_mode_of_no_folder(cache: Path, user: int) -> None:
    python = python_of(user)
    if python is None or (user and not os.access(ROOT, os.X_OK)):
        pytest.skip("there is no Python that an ordinary user can run")
    home, work, temporary = (cache.parent / name for name in ("home", "work", "tmp"))
    for folder, mode in (home, 0o750), (work, 0o2775), (temporary, 0o700):
        folder.mkdir()
        os.chown(folder, user, user)
        folder.chmod(mode)
    libraries = Path(sysconfig.get_path("purelib"))
    packages = [ROOT / name for name in ("harness", "strategies", "callmeter")]
    watched = [home, work, temporary, *packages, libraries]
    before = modes(*watched)
    done = subprocess.run(
        [
            *(python, "-m", "harness", "compare", "core_rows", "--entries", "5", "--repeat", "1"),
            *("--meter", "tracemalloc"),
        ],
        cwd=work,
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": f"{ROOT}:{ROOT}/callmeter/src:{libraries}",
            "PYTHONDONTWRITEBYTECODE": "1",
            embedded.CACHE_VARIABLE: str(cache) if user == ROOT_USER else "",
        },
        user=user,
        group=user,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    after = modes(*watched)
    assert {path: after[path] for path in before} == before
    made = cache if user == ROOT_USER else home / ".cache" / "mapping-strategies"
    assert open_to_a_stranger([made, *made.rglob("*")]) == "[]"
    assert list(temporary.iterdir()) == []
