"""`cache`, as its user meets it: it tells what is there, and clears what is ours and unused."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import harness, is_refused

from harness.payroll import Payroll
from harness.postgres import embedded, kept
from harness.postgres.database import connected, open_database
from harness.postgres.dataset import provide, version

if TYPE_CHECKING:
    from pathlib import Path

PAYROLL = Payroll(30, 2)
TITLE = "30 entries x 2 components, profile realistic"


def test_where_there_is_no_cache_it_says_so_and_makes_none(cache: Path, tmp_path: Path) -> None:
    for arguments in ((), ("--clear",)):
        done = harness("cache", *arguments, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"{cache}: 0 B of at most 4,000 MB" in done.stdout
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


def test_clear_leaves_what_is_not_ours_and_the_next_run_works(cache: Path, tmp_path: Path) -> None:
    with open_database() as database:
        provide(database, PAYROLL)
    (tmp_path / "precious.txt").write_text("precious")
    (cache / "thesis.txt").write_text("precious")
    (cache / "postgres-18" / "data" / "link").symlink_to(tmp_path)
    done = harness("cache", "--clear", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{cache}: 0 B of" in done.stdout
    assert done.stderr == "Not ours, and left as it is: thesis.txt\n"
    assert (cache / "thesis.txt").read_text() == "precious"
    assert (tmp_path / "precious.txt").read_text() == "precious"
    assert {path.name for path in cache.iterdir()} == {"users.lock", "start.lock", "thesis.txt"}
    with open_database() as database, connected(provide(database, PAYROLL)):
        pass


def test_a_damaged_server_is_told_of_left_so_and_cleared(cache: Path, tmp_path: Path) -> None:
    with embedded.running():
        pass
    control = cache / "postgres-18" / "data" / "global" / "pg_control"
    control.write_bytes(b"nonsense")
    done = harness("cache", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The payrolls are not known: the embedded Postgres does not start" in done.stdout
    assert "\nserver " in done.stdout
    assert control.read_bytes() == b"nonsense"
    assert harness("cache", "--clear", folder=tmp_path).returncode == 0
    assert not (cache / "postgres-18").exists()


def test_a_server_that_a_killed_run_left_is_stopped_and_cleared(
    cache: Path, tmp_path: Path
) -> None:
    kill_itself = (
        "import os\nfrom harness.postgres.embedded import running\n"
        "with running(): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", kill_itself], check=False)
    assert embedded.state() == "left running"
    socket = cache / "postgres-18" / "data" / ".s.PGSQL.5432"
    assert socket.exists()
    done = harness("cache", "--clear", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (cache / "postgres-18").exists()


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("MAPPING_STRATEGIES_CACHE_SIZE", "12 parsecs", "is not a number and a unit, as 256MB"),
        ("MAPPING_STRATEGIES_CACHE", "/etc/passwd", "/etc/passwd is not a folder"),
        ("MAPPING_STRATEGIES_CACHE", "/tmp", "/tmp is not a folder that only its owner can"),
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--clear",)])
def test_a_wrong_setting_is_one_clear_line(
    tmp_path: Path, arguments: tuple[str, ...], variable: str, value: str, complaint: str
) -> None:
    done = harness("cache", *arguments, folder=tmp_path, **{variable: value})
    is_refused(done, complaint)
