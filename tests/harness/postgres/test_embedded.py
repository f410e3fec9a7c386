"""The embedded server: shared between runs, closed to everyone else."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from caches import leave_a_server_running
from harness.errors import DatabaseError
from harness.postgres import embedded, programs
from users import NOBODY, as_user, only_root


def answer(url: object, query: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text(query))
    engine.dispose()
    return found


def is_running(cache: Path) -> bool:
    return (cache / "postgres-18" / "data" / "postmaster.pid").exists()


def test_it_runs_while_it_is_used_and_keeps_its_data(cache: Path) -> None:
    with embedded.running() as url:
        assert answer(url, "SHOW server_version_num") >= "180000"
        answer(url, "SELECT 1")
        with embedded.running() as same:
            assert same == url
        assert is_running(cache)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept AS SELECT 1 AS n"))
        engine.dispose()
    assert not is_running(cache)
    with embedded.running() as url:
        assert answer(url, "SELECT n FROM kept") == 1


def test_a_server_that_a_killed_run_left_is_used_and_then_stopped(cache: Path) -> None:
    leave_a_server_running()
    assert is_running(cache)
    with embedded.running() as url:
        assert answer(url, "SELECT 1") == 1
    assert not is_running(cache)


def test_damaged_data_is_made_anew(cache: Path) -> None:
    with embedded.running():
        pass
    (cache / "postgres-18" / "data" / "global" / "pg_control").write_bytes(b"nonsense")
    with embedded.running() as url:
        assert answer(url, "SELECT 1") == 1


def test_it_leaves_damaged_data_alone_where_that_is_asked(cache: Path) -> None:
    with embedded.running():
        pass
    control = cache / "postgres-18" / "data" / "global" / "pg_control"
    control.write_bytes(b"nonsense")
    with pytest.raises(DatabaseError, match="does not start"), embedded.running(mend=False):
        pass
    assert control.read_bytes() == b"nonsense"


def test_its_log_begins_anew_when_it_is_large(cache: Path) -> None:
    with embedded.running():
        pass
    log = cache / "postgres-18" / "log"
    os.truncate(log, embedded.LARGEST_LOG)
    with embedded.running():
        pass
    assert log.stat().st_size > embedded.LARGEST_LOG
    with embedded.running():
        pass
    assert log.stat().st_size < embedded.LARGEST_LOG


def test_what_other_versions_left_goes_when_nobody_can_use_it(cache: Path) -> None:
    with embedded.running():
        older = [cache / "postgres-17", cache / "programs-0.1"]
        for folder in older:
            folder.mkdir()
        with embedded.running():
            assert all(folder.exists() for folder in older)
    with embedded.running():
        assert not any(folder.exists() for folder in older)


def test_nobody_else_gets_in(cache: Path) -> None:
    with embedded.running() as url:
        home = cache / "postgres-18"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
        assert answer(url, "SHOW listen_addresses") == ""
        rules = answer(
            url, "SELECT string_agg(auth_method || ' ' || type, ', ') FROM pg_hba_file_rules"
        )
        assert rules == "peer local"


def test_libpqs_variables_do_not_lead_elsewhere(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {"PGHOSTADDR": "127.0.0.1", "PGPORT": "1", "PGSERVICE": "none", "PGTZ": "Japan"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    with embedded.running() as url:
        assert answer(url, "SHOW TimeZone") == "UTC"
    assert {name: os.environ[name] for name in elsewhere} == elsewhere


def test_no_folder_of_others_changes_its_mode(cache: Path) -> None:
    programs = Path(sys.executable).resolve()
    watched = [*cache.parents, *programs.parents, *Path(embedded.__file__).parents]
    before = {path: path.stat().st_mode for path in watched}
    with embedded.running():
        pass
    assert {path: path.stat().st_mode for path in watched} == before


def test_a_deep_cache_folder_will_do(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = cache.parent / ("very-" * 20 + "deep ünd spaced folder") / "cache"
    deep.parent.mkdir(mode=0o755)
    monkeypatch.setenv(embedded.CACHE_VARIABLE, str(deep))
    with embedded.running() as url:
        assert answer(url, "SELECT 1") == 1
        link = Path(str(url.query["host"]))
        assert link.is_symlink()
    assert not link.exists()
    assert not is_running(deep)


def test_a_folder_that_others_can_write_to_is_refused(cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.raises(DatabaseError, match=embedded.CACHE_VARIABLE), embedded.running():
        pass
    assert stat.S_IMODE(cache.stat().st_mode) == 0o777


@only_root
def test_root_is_told_when_the_servers_user_cannot_reach_the_folder(cache: Path) -> None:
    cache.parent.chmod(0o700)
    with (
        pytest.raises(DatabaseError, match="is closed to others; name another folder"),
        embedded.running(),
    ):
        pass


@only_root
def test_root_may_have_the_wheel_where_others_cannot_read(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = programs.of_wheel().parents[1]
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for part in (package, package.with_suffix(".libs")):
        shutil.copytree(part, hidden / part.name, symlinks=True)
    (hidden / package.name / "pginstall18" / "bin" / "postgres").chmod(0o777)  # a careless install
    monkeypatch.setattr(programs, "of_wheel", lambda: hidden / package.name / "pginstall18" / "bin")
    for _ in range(2):  # the second time from the copy made by the first
        with embedded.running() as url:
            assert answer(url, "SELECT 1") == 1
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    copied = [path for path in cache.glob("programs-*/**/*") if not path.is_symlink()]
    assert copied
    assert not [path for path in copied if path.stat().st_mode & 0o022]


@only_root
def test_an_ordinary_user_needs_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (embedded.CACHE_VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable)
    home = cache.parent / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    monkeypatch.setenv("HOME", str(home))

    def run() -> str:
        with embedded.running() as url:
            assert answer(url, "SELECT 1") == 1
            return str(url.query["host"])

    said = as_user(NOBODY, run)
    if "PermissionError" in said:
        pytest.skip("this checkout is where an ordinary user cannot read it")
    assert said == f"{home}/.cache/mapping-strategies/postgres-18/data"
    assert stat.S_IMODE((home / ".cache/mapping-strategies/postgres-18").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ['"', "$(id)", "`id`", "two\nlines", "back\\slash"])
def test_a_folder_that_a_shell_would_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(embedded.CACHE_VARIABLE, str(tmp_path / name))
    with pytest.raises(DatabaseError, match=embedded.CACHE_VARIABLE), embedded.running():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_user_without_a_home_is_told_to_name_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (embedded.CACHE_VARIABLE, "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    with pytest.raises(DatabaseError, match=embedded.CACHE_VARIABLE):
        embedded.cache_folder()
