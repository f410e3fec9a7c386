"""Runs that know nothing of a payroll are left out, and a base is of any payroll."""

from __future__ import annotations

import pytest

from callmeter.errors import UsageError
from harness.analysis.candidate import Payrolls
from harness.analysis.evidence import evidence
from harness.model.run import Measurement
from support import a_cell, a_run

SMALL = Measurement(a_cell("lean", "rss"), {"rss_peak": 1.0, "base": 2.0})
LARGE = Measurement(a_cell("lean", "rss", entries=9000), {"rss_peak": 3.0})
RUNS = {"small": a_run(SMALL), "large": a_run(LARGE), "again": a_run(SMALL)}
OTHER = Payrolls(components=3)


def test_each_run_has_what_no_run_before_it_has_and_the_rest_is_left_out() -> None:
    found = evidence(RUNS, Payrolls(), with_base=False)
    assert found.parts == {"small": [SMALL], "large": [LARGE]}
    assert found.run.measurements == [SMALL, LARGE]


def test_a_base_is_of_any_payroll_where_one_is_asked_for() -> None:
    assert [*evidence(RUNS, OTHER, with_base=True).parts] == ["small"]


def test_values_that_repeat_otherwise_count_where_they_are_asked_for() -> None:
    distinct = Payrolls(profile="distinct")
    runs = {"small": a_run(SMALL)}
    known = evidence(runs, distinct, with_base=False, with_others=True)
    assert known.parts == {"small": [SMALL]}
    assert evidence(runs, distinct, with_base=False).parts == {"small": []}
    assert evidence(runs, OTHER, with_base=False, with_others=True).parts == {"small": []}


def test_where_none_knows_anything_all_are_named() -> None:
    assert [*evidence(RUNS, OTHER, with_base=False).parts] == [*RUNS]


def test_runs_of_other_environments_are_refused_if_both_know_of_it() -> None:
    newer = a_run(LARGE, python="CPython 3.14.0")
    with pytest.raises(UsageError, match="different environments"):
        evidence({"small": a_run(SMALL), "newer": newer}, Payrolls(), with_base=False)
    assert [*evidence({"small": a_run(SMALL), "newer": newer}, OTHER, with_base=True).parts] == [
        "small"
    ]
