"""The example on Chinook, measured as its command does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chinook_store import SMALL, empty_database
from examples.chinook import __main__ as example
from examples.chinook.data import provide
from harness.model.saved import read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from harness.postgres.connection import Database


def test_the_example_measures_every_read(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(example.WAYS, "tracks", ("full_orm(engine)", "full_orm(sharing)"))
    with empty_database(database) as engine:
        provide(engine, SMALL)
        url = engine.url.render_as_string(hide_password=False)
        assert (
            example.measure_read("tracks", url, tmp_path, "--meter=tracemalloc", "--repeat=1") == 0
        )
    run = read(tmp_path / "chinook-tracks.jsonl")
    assert run.header.reference == "examples.chinook.tracks:full_orm(engine)"
    assert not any(measurement.error for measurement in run.measurements)
    assert (tmp_path / "chinook-tracks.html").exists()
