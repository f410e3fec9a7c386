"""The example of writing, measured as its command does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from examples.writing import __main__ as example
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report.names import short

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_rows_that_are_let_go_need_the_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "METERS", ("allocator",))
    asked = ["--entries", "1000", "--repeat", "1", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["writing", *asked])
    assert example.main() == 0
    run = read(tmp_path / "writing.jsonl")
    assert short(run.header.reference) == example.WAYS[0]
    found = summaries(run)
    assert not any(one.error for one in found)
    peak = {short(one.name): one.value("peak") or 0 for one in found}
    assert {*peak} == {*example.WAYS}
    assert max(peak["copy"], peak["copy_binary"]) < 0.1 * peak["core_insert"]
    assert peak["core_batches"] < 0.5 * peak["core_insert"]
    assert peak["add_batches"] < 0.5 * peak["add_all"]
    assert peak["core_insert"] < peak["add_all"]
