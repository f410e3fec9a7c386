"""What tests of a run's server share: a folder for temporary files, and a question to ask it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from callmeter import temporary
from harness.postgres.connection import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="what runs is read in /proc")


@pytest.fixture
def server_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files: the test's own, which every user can pass."""
    folder = Path(tempfile.mkdtemp(prefix="t"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    temporary._clear.cache_clear()  # as in another process
    yield folder
    shutil.rmtree(folder)


def answer(url: URL, query: str) -> object:
    """Return the one value that the query has."""
    with connected(url) as connection:
        return connection.scalar(text(query))
