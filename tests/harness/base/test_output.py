"""Files that a user names are checked first and written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from callmeter.errors import UsageError
from harness.base import output


def test_a_file_is_written_whole_with_an_end_of_line(tmp_path: Path) -> None:
    path = tmp_path / "table ü.md"
    output.check(path, "--output")
    output.write(path, "ä")
    assert path.read_bytes() == "ä\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_file_is_kept_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.touch()
    with pytest.raises(UsageError, match=r"--output .* exists"):
        output.check(path, "--output")
    output.check(path, "--output", replace=True)


@pytest.mark.parametrize("path", ["/", "/nowhere/file", "/proc/file", "x" * 300])
def test_what_cannot_be_written_is_said_before_the_work(path: str) -> None:
    with pytest.raises(UsageError, match="--output"):
        output.check(Path(path), "--output")
