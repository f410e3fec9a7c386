"""What is published can be made again, each by its command, and is not made twice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.model.saved import read
from support import ROOT
from tools.remake import __main__ as remake
from tools.remake.__main__ import main
from tools.remake.experiments import Experiment

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {
    "small": Experiment("harness measure json:dumps([1]) --meter tracemalloc --repeat 1"),
    "timed": Experiment("harness measure json:dumps([1]) --meter clock --repeat 1", is_timed=True),
    "broken": Experiment("harness measure json:loads('[') --meter tracemalloc --repeat 1"),
}


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of published runs, there being none yet."""
    monkeypatch.setattr(remake, "EXPERIMENTS", SMALL)
    monkeypatch.setattr(remake, "PUBLISHED", tmp_path)
    monkeypatch.setattr(remake, "REMADE", tmp_path / "remade")
    return tmp_path


def test_every_published_run_has_its_command() -> None:
    results = ROOT / "results"
    published = {path.stem for path in results.glob("*.jsonl")}
    published |= {path.parent.name for path in results.glob("*/*.jsonl")} - {"local"}
    assert published <= {*remake.EXPERIMENTS}


def test_a_run_is_made_once_and_then_published(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--publish"]) == 1
    assert main(["--untimed", "small", "timed"]) == 0
    assert not (published / "remade" / "timed.jsonl").exists()
    made = (published / "remade" / "small.jsonl").stat().st_mtime_ns
    capsys.readouterr()
    assert main(["small"]) == 0
    assert "small: made already" in capsys.readouterr().out
    assert (published / "remade" / "small.jsonl").stat().st_mtime_ns == made
    assert main(["--publish"]) == 0
    assert read(published / "small.jsonl").header.command.endswith("--repeat 1")


def test_one_that_was_made_by_another_command_is_made_again(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["small"]) == 0
    assert remake.is_made("small")
    monkeypatch.setitem(SMALL, "small", Experiment("harness measure json:dumps([1,2])"))
    assert not remake.is_made("small")


def test_a_sweep_makes_a_folder_of_runs(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "harness sweep json:dumps([1]) --with tabulate==0.9.0 --with tabulate==0.10.0"
    monkeypatch.setitem(SMALL, "both", Experiment(f"{words} --meter tracemalloc --repeat 1"))
    (published / "both").mkdir()
    (published / "both" / "of-another-stack.jsonl").touch()
    assert main(["both"]) == 0
    assert main(["both", "--publish"]) == 0
    names = [path.stem for path in sorted((published / "both").iterdir())]
    assert [name.partition("-")[2] for name in names] == ["tabulate0.10.0", "tabulate0.9.0"]


def test_another_python_measures_with_the_packages_of_this_one(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = ".".join(map(str, sys.version_info[:2]))
    monkeypatch.setitem(SMALL, "other", SMALL["small"]._replace(python=version))
    assert main(["other"]) == 0
    assert remake.is_made("other")


def test_one_that_fails_is_named(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["broken"]) == 1
    assert "failed: broken" in capsys.readouterr().err


def test_one_whose_python_is_not_there_is_named_and_the_others_are_made(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(SMALL, "other", SMALL["small"]._replace(python="3.99"))
    assert main(["other", "small"]) == 1
    errors = capsys.readouterr().err
    assert "other: there is no python3.99" in errors
    assert "failed: other" in errors
    assert remake.is_made("small")


def test_a_name_that_there_is_not_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["refrence"])
    assert ended.value.code == 2
    assert "did you mean reference?" in capsys.readouterr().err
