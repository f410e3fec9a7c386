"""A few compares in a row leave nothing behind; `make trust PART=load` does many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import as_dsn
from trust import load, million

if TYPE_CHECKING:
    from sqlalchemy import URL


def test_compares_in_one_process_leave_nothing_behind(foreign: URL) -> None:
    trial = load.in_a_row(load.in_this_process, 3, foreign)
    assert trial.held == trial.times, trial.seen


def test_the_harness_itself_stays_small(foreign: URL) -> None:
    options = ["--entries", "20", "--meter", "rss", "--repeat", "1", "--dsn", as_dsn(foreign)]
    trial = million.parent_of("a compare", ["compare", "full_orm", *options])
    assert trial.held == trial.times, trial.seen
