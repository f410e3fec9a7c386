"""Temporary folders: gone with their process or the next one, and nobody else's."""

from __future__ import annotations

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


def left_by_a_dead(place: Path, name: str = NAME, mode: int = 0o700) -> Path:
    """A folder such as a killed process leaves, with something in it."""
    (place / name).mkdir(mode=mode)
    (place / name / "recording").write_text("some")
    return place / name


def test_it_is_gone_with_all_in_it(place: Path) -> None:
    with temporary.folder() as folder:
        assert Path(folder).parent == place
        assert Path(folder).stat().st_mode & 0o777 == 0o700
        (Path(folder) / "some").mkdir()
        (Path(folder) / "some" / "file").touch()
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_gone_with_the_next(place: Path) -> None:
    code = (
        "import os; from callmeter import temporary\n"
        "with temporary.folder(): os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "TMPDIR": str(place)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -9
    assert len(list(place.iterdir())) == 1
    with temporary.folder() as folder:
        assert list(place.iterdir()) == [Path(folder)]


def test_one_that_others_may_pass_through_is_ours_too(place: Path) -> None:
    left_by_a_dead(place, mode=0o711)
    with temporary.folder() as folder:
        assert list(place.iterdir()) == [Path(folder)]


def test_what_a_living_process_uses_stays(place: Path) -> None:
    with temporary.folder() as theirs:
        temporary._clear.cache_clear()
        with temporary.folder() as ours:
            assert set(place.iterdir()) == {Path(theirs), Path(ours)}


@pytest.mark.parametrize("name", ["callmeter", "callmeter.tmp-mine", f"a{NAME}"])
def test_other_names_stay(place: Path, name: str) -> None:
    other = left_by_a_dead(place, name)
    with temporary.folder():
        pass
    assert other.exists()


@pytest.mark.parametrize("mode", [0o755, 0o704, 0o720])
def test_a_folder_that_others_may_read_or_write_is_not_ours(place: Path, mode: int) -> None:
    other = left_by_a_dead(place)
    other.chmod(mode)
    with temporary.folder():
        pass
    assert other.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_the_folder_of_another_user_stays(place: Path) -> None:
    other = left_by_a_dead(place)
    os.chown(other, 65_534, 65_534)
    with temporary.folder():
        pass
    assert other.exists()


def test_no_link_is_followed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    precious = left_by_a_dead(tmp_path_factory.mktemp("elsewhere"), "precious")
    (place / NAME).symlink_to(precious)
    with temporary.folder():
        pass
    assert (precious / "recording").exists()


def test_one_that_is_cleared_before_it_is_locked_is_made_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process sees it in the moment between the two."""
    lock, seen = temporary.fcntl.flock, []

    def cleared_first(opened: int, how: int) -> None:
        if not seen:
            seen.append(opened)
            (first,) = place.iterdir()
            first.rmdir()
        lock(opened, how)

    monkeypatch.setattr(temporary.fcntl, "flock", cleared_first)
    with temporary.folder() as folder:
        assert Path(folder).is_dir()
