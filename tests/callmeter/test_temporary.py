"""Temporary folders: removed by their process or the next one, which removes nobody else's."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callmeter import temporary

NAME = f"{temporary.PREFIX}ab_12345"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    temporary._clear.cache_clear()  # as in another process
    return tmp_path


def made(folder: Path, mode: int = 0o700) -> Path:
    """Make a folder such as a killed process leaves, with something in it."""
    folder.mkdir()
    (folder / "recording").write_text("some")
    folder.chmod(mode)
    return folder


def test_a_folder_is_private_and_removed_with_all_in_it(place: Path) -> None:
    with temporary.folder() as folder:
        assert Path(folder).parent == place
        assert Path(folder).stat().st_mode & 0o777 == 0o700
        made(Path(folder) / "some")
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(place: Path) -> None:
    code = (
        "import os; from callmeter import temporary\n"
        "with temporary.folder(): os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "TMPDIR": str(place)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -9
    assert len(list(place.iterdir())) == 1
    made(place / NAME, mode=0o711)  # others may pass through it, and it is ours
    with temporary.folder() as folder:
        assert list(place.iterdir()) == [Path(folder)]


def test_what_a_living_process_uses_stays(place: Path) -> None:
    with temporary.folder() as first:
        temporary._clear.cache_clear()
        with temporary.folder() as second:
            assert set(place.iterdir()) == {Path(first), Path(second)}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, 0o700) for name in ("callmeter", "callmeter.tmp-mine", f"a{NAME}")),
        *((NAME, mode) for mode in (0o755, 0o704, 0o720)),  # others may read or write it
    ],
)
def test_what_is_not_ours_stays(place: Path, name: str, mode: int) -> None:
    other = made(place / name, mode)
    with temporary.folder():
        pass
    assert (other / "recording").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_the_folder_of_another_user_stays(place: Path) -> None:
    other = made(place / NAME)
    os.chown(other, 65_534, 65_534)
    with temporary.folder():
        pass
    assert other.exists()


def test_no_link_is_followed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    precious = made(tmp_path_factory.mktemp("elsewhere") / "precious")
    (place / NAME).symlink_to(precious)
    with temporary.folder():
        pass
    assert (precious / "recording").exists()


def test_a_folder_that_is_cleared_before_it_is_locked_is_made_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process sees it in the moment between the two."""
    lock, seen = fcntl.flock, list[int]()

    def cleared_first(opened: int, how: int) -> None:
        if not seen:
            seen.append(opened)
            next(place.iterdir()).rmdir()
        lock(opened, how)

    monkeypatch.setattr(fcntl, "flock", cleared_first)
    with temporary.folder() as folder:
        assert Path(folder).is_dir()
