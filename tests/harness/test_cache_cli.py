"""`cache`, as its user meets it: it tells what is there, and clears what is ours and unused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from caches import leave_a_server_running
from harness.errors import DatabaseError
from harness.payroll import Payroll
from harness.postgres import embedded, kept, processes
from harness.postgres.cache import clear, contents
from harness.postgres.database import connected, open_database
from harness.postgres.dataset import provide, version
from support import harness, is_refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAYROLL = Payroll(30, 2)
TITLE = "30 entries x 2 components, profile realistic"


def test_where_there_is_no_cache_it_says_so_and_makes_none(cache: Path, tmp_path: Path) -> None:
    done = harness("cache", "--clear", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{cache}: 0 B of at most 4,000 MB")
    assert done.stderr == ""
    assert not cache.exists()


def test_it_tells_what_is_there_while_a_run_goes_on_and_after(cache: Path, tmp_path: Path) -> None:
    with open_database() as database:
        provide(database, PAYROLL)
        during = harness("cache", folder=tmp_path)
        assert "The server is in use." in during.stdout
        (line,) = [line for line in during.stdout.splitlines() if line.startswith(TITLE)]
        assert "in use" in line
        is_refused(harness("cache", "--clear", folder=tmp_path), f"{cache} is in use by a run")
        with connected(database.url) as connection:
            assert len(kept.listed(connection, version())) == 1
    done = harness("cache", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    contents = json.loads(done.stdout)
    assert contents["server"] == "not running"
    (payroll,) = contents["payrolls"]
    assert (payroll["entries"], payroll["components"]) == (30, 2)
    assert payroll["is_of_this_version"]
    assert not payroll["is_in_use"]
    assert contents["bytes"] == payroll["bytes"] + sum(contents["beside"].values())
    assert payroll["bytes"] < contents["beside"]["server"]


def test_clear_takes_a_damaged_server_and_leaves_what_is_not_ours(
    cache: Path, tmp_path: Path
) -> None:
    with embedded.running():
        pass
    data = cache / "postgres-18" / "data"
    (data / "global" / "pg_control").write_bytes(b"nonsense")
    (data / "link").symlink_to(tmp_path)
    for precious in (cache, tmp_path):
        (precious / "thesis.txt").write_text("precious")
    done = harness("cache", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The payrolls are not known: the embedded Postgres does not start" in done.stdout
    assert "\nserver " in done.stdout
    assert (data / "global" / "pg_control").read_bytes() == b"nonsense"
    done = harness("cache", "--clear", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{cache}: 0 B of")
    assert done.stderr == "Not ours, and left as it is: thesis.txt\n"
    assert {path.name for path in cache.iterdir()} == {"users.lock", "start.lock", "thesis.txt"}
    assert (tmp_path / "thesis.txt").read_text() == "precious"
    with open_database() as database, connected(provide(database, PAYROLL)):
        pass


def test_a_server_that_a_killed_run_left_is_stopped_and_cleared(
    cache: Path, tmp_path: Path
) -> None:
    leave_a_server_running()
    assert embedded.state() == "left running"
    data = cache / "postgres-18" / "data"
    assert processes.of(data)
    done = harness("cache", "--clear", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (cache / "postgres-18").exists()
    assert processes.of(data) == []  # its number may be there until it is reaped


def test_a_bound_that_is_none_is_one_clear_line_and_clears_nothing(
    cache: Path, tmp_path: Path
) -> None:
    (cache / "postgres-18").mkdir(parents=True)
    (cache / "users.lock").touch()
    wrong = {kept.SIZE_VARIABLE: "12 parsecs"}
    is_refused(harness("cache", "--clear", folder=tmp_path, **wrong), "is not a number and a unit")
    assert (cache / "postgres-18").exists()


@pytest.mark.parametrize("look", [lambda: contents(1), clear])
def test_a_folder_that_cannot_be_a_cache_is_refused(
    cache: Path, look: Callable[[], object]
) -> None:
    cache.touch()
    with pytest.raises(DatabaseError, match="is not a folder that only its owner can write to"):
        look()
    cache.unlink()
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.raises(DatabaseError, match="is not a folder that only its owner can write to"):
        look()
