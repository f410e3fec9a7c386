"""Words: names as headings have room for them."""

from __future__ import annotations

import msgspec
import pytest

from harness.report.reports._content import name_column
from harness.report.words import ran_on, short, title_of, where_and_call
from harness.runner.plan import Workload
from support import a_run, a_workload, memory, times


@pytest.mark.parametrize(
    ("name", "where", "call", "said"),
    [
        ("full_orm", "", "full_orm", "full_orm"),
        ("my/own_way.py", "", "my/own_way.py", "my/own_way.py"),
        ("app.repo:read", "app.repo:", "read", "read"),
        ("app.repo:read(engine)", "app.repo:", "read(engine)", "read(engine)"),
        ("app.repo:Repo.read(engine, date(2026, 1, 1))", "app.repo:", None, "read"),
        ("app/repo.py:read({1: 2})", "app/repo.py:", "read({1: 2})", "read({1: 2})"),
    ],
)
def test_a_function_is_called_by_its_call(
    name: str, where: str, call: str | None, said: str
) -> None:
    assert short(name) == said
    assert where_and_call(name) == (where, call or name.removeprefix(where))


def test_a_module_that_all_are_of_is_said_once() -> None:
    assert name_column(["a.b:c", "a.b:d(e)"]) == ("a.b:", ["c", "d(e)"])
    assert name_column(["a.b:c", "a.x:d"]) == ("strategy", ["a.b:c", "a.x:d"])
    assert name_column(["full_orm"]) == ("strategy", ["full_orm"])


def test_titles() -> None:
    assert title_of(Workload(), "hold", [1, 1]) == "1 item a call"
    assert title_of(Workload(), "fold", [2]).startswith("2 items a call, folded")
    assert title_of(Workload(), "hold", [2_000, 5]) == "5 to 2,000 items a call"
    assert title_of(Workload(), "hold").startswith("a call")
    assert title_of(a_workload(1000), "hold").startswith("1,000 entries x 6")


def test_a_run_on_a_cluster_says_where_its_times_are_from() -> None:
    measured = [*memory("lean", 1.0, 1.0), *times("lean", 0.1)]
    assert "measured on" not in ran_on(a_run(*measured))
    placed = [
        msgspec.structs.replace(each, where=f"worker {number}")
        for each, number in zip(measured, (1, 2, 1), strict=True)
    ]
    assert ran_on(a_run(*placed[:1])).endswith("; measured on 1 worker")
    assert ran_on(a_run(*placed)).endswith("; measured on 2 workers, times on worker 1 only")
