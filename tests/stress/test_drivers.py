"""The example of the drivers: each read gives the same data, and one that shares holds less."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from examples.drivers import __main__ as example
from examples.drivers.reads import DRIVERS, ENGINE, PLAIN, TYPE
from harness.model.saved import read
from harness.model.summary import summaries

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_driver_shares_and_returns_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "METERS", ("allocator",))
    asked = ["--entries", "600", "--repeat", "1", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["drivers", *asked])
    assert example.main() == 0
    found = summaries(read(tmp_path / "drivers.jsonl"))
    assert not any(one.error for one in found)
    retained = {
        sharing: [one.value("retained") or 0 for one in found if repr(sharing) in one.name]
        for sharing in (PLAIN, ENGINE, TYPE)
    }
    assert {len(values) for values in retained.values()} == {len(DRIVERS)}
    for sharing in (ENGINE, TYPE):
        assert max(retained[sharing]) < 0.7 * min(retained[PLAIN])
