"""Copies of a strategy: what is written, and which share of them is called different."""

from __future__ import annotations

import json
from argparse import Namespace
from random import Random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from harness.model.cell import Collector
from harness.model.metrics import METRICS
from harness.model.sample import Sample
from harness.model.summary import summaries
from harness.payroll import loading
from harness.payroll.use import Part
from support import a_run, failed, times
from tools.copies.__main__ import main, measured, report, write_copies
from tools.copies.called import called, changed

if TYPE_CHECKING:
    from pathlib import Path

DRAW = Random(20)  # noqa: S311


def sample(middle: float, repeats: int = 15) -> Sample:
    return Sample(
        METRICS["wall"], tuple(DRAW.lognormvariate(0, 0.02) * middle for _ in "x" * repeats)
    )


def test_few_equal_pairs_are_called_different_and_a_tenth_is_found_at_any_repeats() -> None:
    """With noise of 2%."""
    equal, slower = [sample(1.0) for _ in range(20)], [sample(1.1) for _ in range(8)]
    rows = list(called(equal, slower))
    assert [(row.repeats, row.windows) for row in rows] == [
        *((5, 11), (7, 9), (9, 7), (11, 5), (13, 3), (15, 1))
    ]
    for row in rows:
        assert row.equal < 0.06
        assert row.slower > 0.95
    same = [sample(1.0)] * 3
    assert {row.equal for row in called(same, same)} == {0}
    assert [row.repeats for row in called([sample(1, 6)] * 2, [sample(1, 6)])] == [5, 6]


def test_diff_is_held_against_the_halves_of_a_run() -> None:
    """Where a copy is slower in the second half, it is found; nine repeats have no halves."""
    names = [f"copy_{nth}" for nth in range(1, 7)]
    equal, slower = names[:4], names[4:]
    walls = {name: sample(1.3 if name in slower else 1.0, 10).values for name in names}
    run = a_run(*(each for name in names for each in times(name, *walls[name])))
    (row,) = changed(run, equal, slower)
    assert row == ("wall", 5, 0.0, 1.0)
    short = a_run(*(each for name in names for each in times(name, *walls[name][:9])))
    assert list(changed(short, equal, slower)) == []


def test_a_slower_copy_is_the_strategy_with_a_tenth_more(tmp_path: Path) -> None:
    first, *_, last = write_copies("slotted", tmp_path, 2, 1)
    assert loading.load(first).__doc__ == loading.load(last).__doc__
    assert "_as_fast" not in vars(loading.load(first))
    assert "_as_fast" in vars(loading.load(last))


def test_copies_are_measured_as_strategies_are() -> None:
    run = measured(Namespace(strategy="slotted", entries=20, copies=1, slower=1, repeat=1))
    assert [one.error for one in summaries(run) if one.error] == []
    assert {one.name.rpartition("/")[2] for one in summaries(run)} >= {"copy_01.py", "copy_02.py"}


def test_what_was_called_different_is_printed_and_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walls = {"copy_01.py": 1.0, "copy_02.py": 1.0, "copy_03.py": 1.2}
    found = [each for name, wall in walls.items() for each in times(name, *sample(wall, 10).values)]
    loaded = [
        replace(each, cell=replace(each.cell, **how))
        for each in found
        for how in ({"part": Part.LOAD}, {"collector": Collector.PAUSED})
    ]
    path = tmp_path / "copies.json"
    size = {"strategy": "slotted", "entries": 20, "copies": 2, "slower": 1, "repeat": 10}
    assert report(a_run(*found, *loaded), Namespace(**size, save=path)) == 0
    shown = capsys.readouterr().out
    assert "slower copies" in shown
    assert max(map(len, shown.splitlines())) <= 80
    figures = json.loads(path.read_text())
    rows = [(row["metric"], row["repeats"], row["slower"]) for row in figures["called"]]
    assert rows == [(key, n, 1.0) for key in ("wall", "load", "paused_wall") for n in (5, 7, 9, 10)]
    assert [(row["metric"], row["slower"]) for row in figures["diff"]] == [("wall", 1.0)]
    assert figures["takes_longer_by"] == pytest.approx(0.2, abs=0.05)
    assert [len(values["wall"]) for values in figures["times"].values()] == [10, 10, 10]
    assert figures["command"] == (
        "python -m tools.copies --strategy slotted --entries 20 --copies 2 --slower 1 --repeat 10"
    )
    failing = a_run(*found, failed("copy_04.py", "it broke"))
    assert report(failing, Namespace(**size, save=None)) == 1
    assert capsys.readouterr().err == "copy_04: it broke\n"


@pytest.mark.parametrize("words", [("--repeat", "4"), ("--copies", "1"), ("--slower", "0")])
def test_too_few_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        main(words)
