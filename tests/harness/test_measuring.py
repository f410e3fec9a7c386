"""What every command that measures does before and after it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.cli import _measuring
from harness.payroll.generator import Payroll


def test_the_command_that_repeats_a_run_tells_nothing_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Path.cwd()
    given = [
        *("check", f"--baseline={here}/a.jsonl", f"{here}/own.py", f"{here}/a.py:f(1)"),
        *("--explain", "--repeat", "2"),
    ]
    private = ["--dsn", "postgresql://me:secret@host/x", "--save=/tmp/run.jsonl", "--output", "y"]
    private += ["--cluster", "tcp://host:8786"]
    monkeypatch.setattr(sys, "argv", ["harness", *given, *private])
    expected = "python -m harness check --baseline=a.jsonl own.py 'a.py:f(1)' --explain --repeat 2"
    assert _measuring.command() == expected


def test_the_bar_says_how_many_entries_of_the_payroll_are_written() -> None:
    told: list[str] = []
    written = _measuring._writing(Payroll(2_000), lambda said, _: told.append(said))
    written(1_000)
    written(2_050)  # with those that are written beside it
    assert told == [
        "writing the payroll: 1,000 of 2,000 entries",
        "writing the payroll: 2,000 of 2,000 entries",
    ]
