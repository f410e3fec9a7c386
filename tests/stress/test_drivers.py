"""The example of the drivers: each read gives the same data, and one that shares holds less."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from examples.drivers import __main__ as example
from harness.model.saved import read
from harness.model.summary import summaries

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_driver_shares_and_returns_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "RUN", tmp_path / "drivers.jsonl")
    asked = ["--entries", "600", "--repeat", "1"]
    monkeypatch.setattr(sys, "argv", ["drivers", *asked])
    assert example.main() == 0
    found = summaries(read(tmp_path / "drivers.jsonl"))
    assert len(found) == 9
    assert not any(one.error for one in found)
    for plain, *others in zip(*[iter(found)] * 3, strict=True):
        for one in others:
            assert (one.value("retained") or 0) < 0.7 * (plain.value("retained") or 0), one.name
