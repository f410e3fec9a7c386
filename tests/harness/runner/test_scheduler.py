"""Measuring in fresh processes: whatever a strategy does is a row, and the run goes on."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit
from callmeter.worker import CHECK
from harness.model.cell import REFERENCE, Cell, Consume, workload_of
from harness.model.run import Measurement
from harness.payroll import yardsticks
from harness.payroll.generator import Payroll
from harness.postgres.writer import provide
from harness.runner import plan
from harness.runner.scheduler import run
from harness.runner.tasks import strategy_tasks
from support import PLANTED

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from harness.postgres.connection import Database

PAYROLL = Payroll(50, 2)
FAILING = {
    "raises": "ValueError: no None; and more (raises.py:5)",
    "generator": "BrokenContractError: expected a Sequence of entries, got a generator",
    "wrong_data": "BrokenContractError: entry 1.components[0].amount: expected Decimal(",
    "takes_too_much": "MemoryError",
    "segfaults": "the measured process was killed by SIGSEGV",
    "exits": "the measured process ended with exit code 3: last words",
    "kills_its_worker": "the measuring process was killed",
}


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return provide(database, PAYROLL)


def check_of(name: str) -> Cell:
    return Cell(planted(name), CHECK, workload_of(PAYROLL))


def planted(name: str) -> str:
    return str(PLANTED / f"{name}.py")


@pytest.fixture(scope="module")
def measured(url: URL) -> dict[str, list[Measurement]]:
    """All of the reference and of the planted strategies, measured in one run, by name."""
    names = [REFERENCE, *map(planted, (*FAILING, "prints", "remembers"))]
    cells = plan.cells(names, [workload_of(PAYROLL)], ["tracemalloc"], 1)
    found: dict[str, list[Measurement]] = {}
    for each in run(cells, strategy_tasks(lambda _: url), 60):
        found.setdefault(each.cell.name, []).append(each)
    return found


def test_a_failing_strategy_is_one_row_and_the_rest_is_measured(
    measured: dict[str, list[Measurement]],
) -> None:
    for name, error in FAILING.items():
        (check,) = measured[planted(name)]  # and nothing else of it
        assert (check.cell.meter, str(check.error)[: len(error)]) == (CHECK, error)
        assert "\n" not in str(check.error)
    others = measured.keys() - set(map(planted, FAILING))
    assert others >= {*yardsticks.names_for("hold"), REFERENCE}
    assert not any(each.error for name in others for each in measured[name])


@pytest.mark.parametrize("name", ["prints", "remembers"])
def test_what_a_call_prints_or_remembers_does_not_reach_another(
    measured: dict[str, list[Measurement]], name: str
) -> None:
    check, *rest = measured[planted(name)]
    assert [each.error for each in (check, *rest)] == [None] * 3
    assert all(each.values["traced_peak"] > 0 for each in rest)


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="memory is limited on Linux only")
def test_what_needs_more_than_it_may_hold_fails_alone(url: URL) -> None:
    """By whatever it is measured."""
    meters = ("tracemalloc", "allocator", "rss")
    cells = [
        Cell(name, meter, workload_of(PAYROLL))
        for name in (planted("grows"), REFERENCE)
        for meter in meters
    ]
    found = list(run(cells, strategy_tasks(lambda _: url, memory=300_000_000), 60))
    failures = {(each.cell.name, each.cell.meter): each.error for each in found if each.error}
    assert failures.keys() == {(planted("grows"), meter) for meter in meters}
    assert all(
        str(error).endswith(": it may hold 300 MB (--memory-limit)") for error in failures.values()
    )


@pytest.mark.parametrize("name", ["sleeps", "starts_a_process", "leaves_a_file"])
def test_what_does_not_come_back_is_given_up_and_leaves_nothing(
    url: URL, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (found,) = run([check_of(name)], strategy_tasks(lambda _: url), timeout=2)
    assert found.error == "timed out after 2 s"
    assert list(tmp_path.iterdir()) == []


def test_no_password_is_in_an_error_or_a_log(url: URL) -> None:
    tasks = strategy_tasks(lambda _: url.set(password="s3cret"))
    (found,) = run([check_of("raises")], tasks, 60)
    assert found.error == "ValueError: no ***; and more (raises.py:5)"
    task = tasks(check_of("raises"))
    assert "s3cret" in task.job.arguments["url"]
    assert "raises" in repr(task)
    assert "s3cret" not in repr(task)


def test_what_imports_cost_is_measured_where_nothing_of_a_strategy_is_imported(url: URL) -> None:
    """And what is streamed, where it is folded."""
    names = ("full_orm", "arrow_columns")
    cells = [Cell(name, "imports", workload_of(PAYROLL)) for name in names]
    cells += [Cell("slotted", "rss", workload_of(PAYROLL), consume=Consume.FOLD)]
    found = {each.cell.name: each for each in run(cells, strategy_tasks(lambda _: url), 60)}
    assert [each.error for each in found.values()] == [None] * 3
    orm, arrow = (found[name].values["imports"] for name in names)
    assert orm > 5e6  # SQLAlchemy is in it
    assert arrow > orm + 10e6  # and pyarrow
