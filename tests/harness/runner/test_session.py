"""A run from Python: nothing is printed, and the run is what the command line has."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness
from callmeter.errors import UsageError
from harness.model.saved import read
from harness.model.summary import summaries

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
    assert run.header.yardsticks == ["floor", "raw_tuples", "drained_arrow", "sum_in_sql"]
    assert ("writing the payroll: 40 of 40 entries", 0, run.header.cells) in steps
    assert [done for _, done, _ in steps if done] == [*range(1, run.header.cells + 1)]
    assert capfd.readouterr() == ("", "")


def test_every_part_is_measured_at_every_repetition_beside_what_a_service_holds(
    tmp_path: Path,
) -> None:
    asked = {"entries": 20, "components": 2, "meters": ["allocator", "clock"], "repeat": 1}
    run = harness.compare(
        "full_orm",
        **asked,
        repetition=[1, 3],
        collectors=["frozen"],
        live_objects=1_000,
        save=tmp_path / "run.jsonl",
    )
    assert not any(each.error for each in run.measurements)
    assert run.header.environment["live objects"] == "1000"
    found = {(one.name, one.workload.repetition): one for one in summaries(run)}
    assert {repetition for _, repetition in found} == {1, 3}
    parts = {"wall", "load", "use", "frozen_wall", "peak", "load_peak", "load_retained"}
    assert parts <= found["full_orm", 3].samples.keys()
    assert "paused_wall" not in found["full_orm", 3].samples
    assert parts & found["sum_in_sql", 3].samples.keys() == {"wall", "frozen_wall", "peak"}


def test_calls_at_once_and_in_turn_are_checked_and_measured(tmp_path: Path) -> None:
    """Each of them reads a payroll of its own, also as tasks of one loop."""
    run = harness.compare(
        "async_orm",
        entries=30,
        components=2,
        meters=["rss", "clock"],
        repeat=1,
        at_once=[1, 3],
        calls=5,
        save=tmp_path / "run.jsonl",
    )
    assert not [each.error for each in run.measurements if each.error]
    found = {(one.name, one.workload.at_once): one for one in summaries(run)}
    for name in ("full_orm", "async_orm"):
        together = found[name, 3]
        assert together.items == 90
        assert together.samples.keys() >= {"rss_peak", "base", "wall", "slowest", "calls_peak"}
        assert "load" not in together.samples
        assert "slowest" not in found[name, 1].samples
    of_calls = [each for each in run.measurements if each.cell.meter == "calls"]
    assert {len(series) for each in of_calls for series in each.series.values()} == {5}
    assert {each.cell.workload.at_once for each in of_calls} == {1, 3}


def test_functions_are_called_at_once_with_arguments_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numbered.py").write_text("def read(n): return [bytes(100)] * (n + 1)")
    monkeypatch.chdir(tmp_path)
    run = harness.measure(
        "numbered:read(call_number())", meters=["rss"], repeat=1, at_once=[2, 4], calls=3
    )
    found = {one.workload.at_once: one for one in summaries(run)}
    assert {count: one.items for count, one in found.items()} == {2: 1 + 2, 4: 1 + 2 + 3 + 4}
    assert not any(one.error for one in found.values())


def test_calls_at_once_return_the_same_data_each_as_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "def read(n): return [n] * 9\ndef other(n): return [n] * (8 if n == 2 else 9)"
    (tmp_path / "alike.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    asked = {"meters": ["rss"], "repeat": 1, "same": True, "at_once": [1, 3]}
    first, other = (f"alike:{call}(call_number())" for call in ("read", "other"))
    run = harness.measure(first, other, **asked)
    errors = {each.cell.name: str(each.error) for each in run.measurements if each.error}
    assert errors.keys() == {other}
    assert "DifferentDataError" in errors[other]


def test_functions_are_compared_and_explained_in_place_of_strategies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data is compared where the first has any to compare with."""
    (tmp_path / "own.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    notices: list[str] = []
    asked = {"meters": ["tracemalloc"], "repeat": 1, "same": True, "notice": notices.append}
    run = harness.measure("own:read", "own:other", **asked)
    assert {each.cell.name for each in run.measurements if each.error} == {"own:other"}
    run = harness.measure("own:other() + 1", "own:read", **asked)
    assert {each.cell.name for each in run.measurements if each.error} == {"own:other() + 1"}
    assert notices == ["own:other() + 1 failed: what the others return is not compared"]
    run = harness.explain("own:read", "own.py:other")
    assert [each.cell.meter for each in run.measurements] == ["check", "check"] + ["explain"] * 2
    assert run.header.reference == "own:read"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"profile": "realistc"}, "did you mean realistic"),
        ({"consume": "folded"}, "did you mean fold"),
        ({"meters": ["clok"]}, "did you mean clock"),
        ({"collectors": ["pause"]}, "did you mean paused"),
        ({"collectors": ["frozen"], "meters": ["rss"]}, "--collector needs --meter clock"),
        ({"repetition": 0}, "--repetition is between 1 and 1,000"),
        ({"repetition": []}, "--repetition is between 1 and 1,000"),
        ({"repetition": [1, 2], "profile": "distinct"}, "the profile distinct has none"),
        ({"at_once": 0}, "--at-once is between 1 and 256"),
        ({"calls": -1}, "--calls is between 0 and 100,000"),
        ({"calls": 5, "consume": "fold"}, "--calls is of lists"),
        ({"meters": ["calls"]}, "--meter calls makes many calls"),
        ({"cluster": "tcp://h:1"}, "--cluster needs --dsn"),
        ({"cluster": "tcp://h:1", "dsn": "postgresql://h/d", "python": "p"}, "leave out --python"),
    ],
)
def test_what_cannot_be_measured_is_a_usage_error(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        harness.compare("slotted", **wrong)
