"""A run from Python: nothing is printed, and the run is what the command line has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import harness
from callmeter.errors import UsageError
from harness.model.run import read
from harness.model.summary import summaries
from harness.payroll.generator import Payroll
from harness.runner.record import Settings
from harness.runner.strategy_run import strategy_run, writing
from support import ROOT

FUNCTIONS = "def read(): return [bytes(100)] * 9\ndef other(): return [bytes(n) for n in range(9)]"


def test_a_comparison_is_a_run_in_a_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    steps: list[tuple[str, int, int]] = []
    path = tmp_path / "run.jsonl"
    asked = {"entries": [40, 20], "components": 1, "meters": ["rss"], "repeat": 1}
    run = harness.compare("slotted", **asked, save=path, progress=lambda *step: steps.append(step))
    assert read(path) == run
    assert len(run.measurements) == run.header.cells
    assert not any(each.error for each in run.measurements)
    names = {(each.name, each.workload.size) for each in summaries(run)}
    assert names >= {(name, size) for name in ("slotted", "full_orm") for size in (20, 40)}
    assert run.header.yardsticks == ["floor", "raw_tuples", "drained_arrow"]
    assert ("writing the payroll: 40 of 40 entries", 0, run.header.cells) in steps
    assert [done for _, done, _ in steps if done] == [*range(1, run.header.cells + 1)]
    assert capfd.readouterr() == ("", "")


def test_functions_are_explained_in_place_of_strategies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    run = harness.explain("own:read", "own.py:other")
    assert [each.cell.meter for each in run.measurements] == ["check", "check"] + ["explain"] * 2
    assert run.header.reference == "own:read"


def test_functions_are_compared_where_the_first_has_data_to_compare_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    notices: list[str] = []
    asked = {"meters": ["clock"], "repeat": 1, "same": True, "notice": notices.append}
    run = harness.measure("own:read", "own:other", **asked)
    assert {each.cell.name for each in run.measurements if each.error} == {"own:other"}
    run = harness.measure("own:other() + 1", "own:read", **asked)
    assert {each.cell.name for each in run.measurements if each.error} == {"own:other() + 1"}
    assert notices == ["own:other() + 1 failed: what the others return is not compared"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"profile": "realistc"}, "did you mean realistic"),
        ({"consume": "folded"}, "did you mean fold"),
        ({"meters": ["clok"]}, "did you mean clock"),
        ({"cluster": "tcp://h:1"}, "--cluster needs --dsn"),
        ({"cluster": "tcp://h:1", "dsn": "postgresql://h/d", "python": "p"}, "leave out --python"),
    ],
)
def test_what_cannot_be_measured_is_a_usage_error(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        harness.compare("slotted", **wrong)


def test_a_missing_package_of_a_cluster_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "harness.runner.dask", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    settings = Settings("postgresql://h/d", cluster="tcp://h:1")
    with pytest.raises(UsageError, match=r"pip install 'mapping-strategies\[cluster\]'"):
        strategy_run([], settings)


def test_entries_written_beside_a_payroll_do_not_count() -> None:
    steps: list[str] = []
    writing(Payroll(2_000), steps.append)(2_050)
    assert steps == ["writing the payroll: 2,000 of 2,000 entries"]


def test_the_package_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = {*sys.modules}; import harness; "
        "print({name.partition('.')[0] for name in {*sys.modules} - before} "
        "- sys.stdlib_module_names)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'harness'}"
