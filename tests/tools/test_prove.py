"""Programs in containers: what needs less lives, what needs more is ended, by either means."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tools.prove import containers
from tools.prove.__main__ import _roles, main
from tools.prove.advice import Case, Read, holds
from tools.prove.containers import run_within

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MB = 1_000_000
HOLD = "import sys, time; held = b'1' * int(sys.stdin.readline()); time.sleep(0.1)"
ENDS = pytest.mark.parametrize("run", [run_within, containers._watched])


def holding(run: Callable[..., containers.Outcome], size: int, limit: int) -> containers.Outcome:
    return run(limit, [sys.executable, "-c", HOLD], f"{size}\n")


@ENDS
def test_what_fits_lives_and_its_peak_is_known(run: Callable[..., containers.Outcome]) -> None:
    outcome = holding(run, 30 * MB, 120 * MB)
    assert outcome.lived
    assert outcome.peak is not None
    assert 30 * MB < outcome.peak < 60 * MB


@ENDS
def test_what_needs_more_is_ended_and_that_is_no_error(
    run: Callable[..., containers.Outcome],
) -> None:
    outcome = holding(run, 200 * MB, 100 * MB)
    assert not outcome.lived
    assert not outcome.error


@ENDS
def test_another_failure_is_an_error(run: Callable[..., containers.Outcome]) -> None:
    outcome = run(100 * MB, [sys.executable, "-c", "raise LookupError('no such payroll')"], "")
    assert not outcome.lived
    assert "LookupError: no such payroll" in outcome.error


def test_a_file_that_cannot_be_written_is_named_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["prove", "--save", str(tmp_path / "missing" / "prove.json")])
    assert main() == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_roles_are_the_first_two_that_fit_and_the_nearest_that_does_not() -> None:
    rows = [
        {"strategy": name, "fits": fits, "need": high and {"high": high}}
        for name, fits, high in [
            ("best", True, 3),
            ("second", True, 2),
            ("third", True, 1),
            ("far", False, 9),
            ("near", False, 7),
            ("unknown", False, None),
        ]
    ]
    named = {role: row["strategy"] for role, row in _roles({"rows": rows}).items()}
    assert named == {"recommended": "best", "runner-up": "second", "rejected": "near"}
    assert _roles({"rows": rows[5:]}) == {}


@pytest.mark.parametrize(
    ("role", "lived", "peak", "is_wrong"),
    [
        ("recommended", True, 50, False),
        ("recommended", False, 100, True),
        ("rejected", False, 100, False),
        ("rejected", True, 95, False),
        ("rejected", True, 80, True),
    ],
)
def test_advice_is_wrong_where_it_kills_or_where_much_was_to_spare(
    role: str, *, lived: bool, peak: int, is_wrong: bool
) -> None:
    case = Case(10, 6, 1, 1, container=100)
    read = Read(case, role, "slotted", 90.0, lived, peak)
    assert read.is_wrong is is_wrong
    assert holds([read]) is not is_wrong
