"""What every command that measures does before and after it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.cli import _measuring


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
