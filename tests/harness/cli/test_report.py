"""`report --beside`: a run laid beside the published one that has most in common with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callmeter.errors import UsageError
from harness.cli import report
from harness.cli._options import View
from harness.model.saved import PUBLISHED, read
from runs import made_run
from support import a_run, memory, saved


def test_of_the_published_runs_the_one_with_most_in_common_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = saved(read(PUBLISHED / "distinct.jsonl"), tmp_path / "mine.jsonl")
    assert report.run(View(), mine, beside=Path("published")) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Memory of 19 of 19 strategies as in results/distinct.jsonl, 0.0% off")
    assert "  mine.jsonl  PostgreSQL" in shown


def test_a_run_may_be_laid_beside_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = saved(made_run(), tmp_path / "mine.jsonl")
    other = saved(made_run(sizes=(1000,)), tmp_path / "other.jsonl")
    assert report.run(View(form="markdown"), mine, beside=other) == 0
    assert "**Memory of 4 of 4 strategies as in other.jsonl" in capsys.readouterr().out


def test_with_nothing_in_common_the_command_that_measures_it_is_named(tmp_path: Path) -> None:
    mine = saved(a_run(*memory("full_orm", 1e6, entries=7)), tmp_path / "mine.jsonl")
    with pytest.raises(UsageError) as caught:
        report.run(View(), mine, beside=Path("published"))
    assert str(caught.value) == (
        "mine.jsonl has nothing in common with the published runs; measure with "
        "python -m harness compare full_orm --entries 10000 --save mine.jsonl"
    )


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        (View(form="svg"), "--format svg shows one run: leave out --beside"),
        (View(form="badge"), "--format badge shows one run: leave out --beside"),
        (View(wide=True), "--beside shows peak, retained and time: leave out --wide"),
        (View(metric=["wall"]), "--beside shows peak, retained and time: leave out --metric"),
    ],
)
def test_what_shows_one_run_is_refused(view: View, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        report.run(view, beside=Path("published"))
