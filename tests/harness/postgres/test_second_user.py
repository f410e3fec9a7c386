"""The server of a run lets nobody else in: tried as a second user of the machine."""

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

from harness.postgres import server as server_of_run
from support import ROOT
from users import NAMELESS, NOBODY, ROOT_USER, STRANGER, as_user, only_root, served_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = only_root
PYTHON = f"python{sysconfig.get_python_version()}"


@pytest.fixture(scope="module", params=[ROOT_USER, NOBODY], ids=["root", "an ordinary user"])
def data(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The data folder of a running server, of root's or of an ordinary user's."""
    with served_by(request.param) as folder:
        yield folder


def open_to(user: int, paths: Iterable[Path]) -> str:
    """Those of the paths that this user can read or write."""
    every = list(paths)
    return as_user(
        user,
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


def strangers(data: Path) -> list[int]:
    """Users that have no business there; `nobody`, too, where it is not the one who calls."""
    caller = data.parents[1].stat().st_uid
    return [user for user in (STRANGER, NOBODY) if user != caller]


def test_another_user_can_read_and_write_nothing(data: Path) -> None:
    folder = data.parents[1]
    every = [folder, data.parent, *data.parent.rglob("*")]
    assert {"log", "postgresql.conf", "postmaster.pid"} <= {path.name for path in every}
    for user in strangers(data):
        assert open_to(user, every) == "[]"
        for closed in (folder, data.parent, data):
            assert "PermissionError" in as_user(user, lambda path=closed: list(path.iterdir()))


def test_nor_change_who_may_connect(data: Path) -> None:
    """What may be read where others pass through."""
    rules = [data.parents[1] / name for name in ("pg_hba.conf", "pg_ident.conf")]
    for user in strangers(data):
        assert as_user(user, lambda: [os.access(path, os.W_OK) for path in rules]) == str(
            [False, False]
        )


def test_nor_signal_its_processes(data: Path) -> None:
    first = int(server(data)[0].name)
    for user in strangers(data):
        assert "PermissionError" in as_user(user, lambda: os.kill(first, 0))


def test_nor_by_the_memory_that_its_processes_share(data: Path) -> None:
    owner = data.stat().st_uid
    shared = {path for path in Path("/dev/shm").iterdir() if path.stat().st_uid == owner}  # noqa: S108
    mapped = {
        Path(line.split()[-1])
        for process in server(data)
        for line in (process / "maps").read_text().splitlines()
        if "/" in line and "(deleted)" not in line and "rw-s" in line
    }
    found = [path for path in shared | mapped if path.exists()]
    assert found
    for user in strangers(data):
        assert open_to(user, found) == "[]"


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

    folder = data.parents[1]
    modes = {path: path.stat().st_mode for path in (folder, data.parent, data, by_socket)}
    for user in strangers(data):
        assert "ermission denied" in as_user(user, connect)
    for path in modes:
        path.chmod(0o777 if path == by_socket else 0o711)
    try:
        said = [as_user(user, connect) for user in strangers(data)]
        as_root = as_user(ROOT_USER, connect)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert all("authentication failed" in each for each in said)
    assert ("Connection" in as_root) == (folder.owner() == "root")


def test_a_user_without_a_name_is_told_so() -> None:
    said = as_user(NAMELESS, server_of_run.running().__enter__)
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
def test_a_whole_run_changes_the_mode_of_no_folder(user: int) -> None:
    python = python_of(user)
    if python is None or (user and not os.access(ROOT, os.X_OK)):
        pytest.skip("there is no Python that an ordinary user can run")
    parent = Path(tempfile.mkdtemp(prefix="mapping-strategies-test"))
    parent.chmod(0o755)
    home, work, temporary = (parent / name for name in ("home", "work", "tmp"))
    for folder, mode in (home, 0o750), (work, 0o2775), (temporary, 0o711):
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
            "PYTHONPATH": f"{ROOT}:{ROOT / 'callmeter' / 'src'}:{libraries}",
            "PYTHONDONTWRITEBYTECODE": "1",
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
    assert list(temporary.iterdir()) == []
    shutil.rmtree(parent)
