"""Input of every kind, some of each; `make trust PART=fuzz` tries tens of thousands."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from callmeter.errors import UsageError
from harness.base import escape as quoted
from harness.base import output
from harness.base.errors import ResultsError
from harness.model import fields as bounds
from harness.model import run as results
from harness.report import choices, diffs, reports
from support import ROOT
from trust import _argv, fuzz
from trust._damaged import ORIGINAL, WHOLE, read

if TYPE_CHECKING:
    from pathlib import Path

FEW = {"text": 20, "in process": 50, "a process each": 1}
"""How many are tried here, by where; what Vega draws takes seconds, and has tests of its own."""


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], fuzz.Surface]:
    made = fuzz.surfaces(tmp_path_factory.mktemp("fuzz"))
    return {(each.what, each.where): each for each in made}


def test_every_surface_holds(surfaces: dict[tuple[str, str], fuzz.Surface]) -> None:
    for surface in surfaces.values():
        if surface.where in FEW:
            trial = fuzz.trial(surface, FEW[surface.where])
            assert trial.held == trial.times > 0, trial


def test_what_does_not_hold_is_told() -> None:
    (budgets, *_) = fuzz.texts()
    trial = fuzz.trial(budgets._replace(holds=lambda _: 1 / 0), 10)
    assert trial.held == 0 < trial.times
    assert "ZeroDivisionError" in trial.seen


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([ORIGINAL[0][:-1] + b" " * bounds.LONGEST_LINE], "line 1 is far too long"),
        ([*ORIGINAL, b"[" * bounds.LONGEST_LINE + b"]"], f"line {len(ORIGINAL) + 1} is far too"),
        ([ORIGINAL[0], *[b""] * 1_000_000], "is damaged in line 2"),
    ],
    ids=["header", "line", "empty lines"],
)
def test_a_line_is_bounded(lines: list[bytes], said: str) -> None:
    with pytest.raises(ResultsError, match=said):
        read(b"\n".join(lines) + b"\n")


@pytest.mark.parametrize(
    ("cells", "figures", "said"),
    [
        (bounds.MOST_ROWS + 1, 1, "has 1,001 strategies at payrolls; at most 1,000 can be shown"),
        (1, bounds.MOST_FIGURES + 1, "has 31 names of figures; at most 30 can be shown"),
    ],
)
def test_what_a_report_shows_is_bounded(cells: int, figures: int, said: str) -> None:
    named = {f"{'x' * (each + 1)}_bytes": 1 for each in range(figures)}
    cell = json.loads(ORIGINAL[1])["cell"]
    lines = [
        json.dumps({"cell": cell | {"strategy": f"s{each}"}, "figures": named}).encode()
        for each in range(cells)
    ]
    with pytest.raises(ResultsError, match=said):
        read(b"\n".join([ORIGINAL[0], *lines]) + b"\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--repeat", "1001"], "less than or equal to 1000"),
        (["--repeat", "1000", "--sizes", "1,2,3"], "more than 50,000 measurements"),
        (
            ["--meter", "rss", "--sizes", ",".join(map(str, range(1, 999)))],
            "a run has at most 1,000",
        ),
        (["--entries", "9" * 12], "less than or equal to 1000000000"),
        (["--sizes", "9" * 12], "is not a list of numbers of entries"),
        (["--timeout", "1e99"], "less than or equal to 604800"),
        (["--timeout", "nan"], "less than or equal to 604800"),
    ],
)
def test_what_a_command_measures_is_bounded(words: list[str], said: str) -> None:
    done = _argv.run(["compare", *words])
    assert done.code == 2
    assert said in done.err


def test_nothing_but_a_file_is_replaced(tmp_path: Path) -> None:
    """Root could replace /dev/null, for everybody."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=r"--output .*pipe is no regular file"):
        output.check(tmp_path / "pipe", "--output", replace=True)


HTML = "<script>alert(1)</script>[x](javascript:alert(1))![](http://x.example/)"


@pytest.mark.parametrize("package", [reports, diffs, choices])
def test_no_text_of_a_run_is_html_in_markdown(package: object, tmp_path: Path) -> None:
    hostile = json.dumps(HTML).encode()
    content = b"\n".join(ORIGINAL).replace(b'"slotted"', hostile).replace(b"entry 1", hostile[1:-1])
    (tmp_path / "run.jsonl").write_bytes(content + b"\n")
    run = str(tmp_path / "run.jsonl")
    published = str(ROOT / "results" / "default.jsonl")
    asked = {
        reports: [["report", run, "--format", "markdown"]],
        diffs: [["diff", published, run, "--format", "markdown"]],
        choices: [
            ["choose", "--entries", "5", "--memory", "1GB", "--run", run, "--format", form]
            for form in ("markdown", "adr")
        ],
    }
    for words in asked[package]:
        done = _argv.run(words)
        assert "&lt;script>alert(1)&lt;/script>" in done.out, done
        assert "<script" not in done.out
        assert "](" not in done.out


def test_a_path_that_is_no_utf_8_is_escaped_or_refused(tmp_path: Path) -> None:
    output.write(tmp_path / "text", "of \udcff.py")
    assert (tmp_path / "text").read_text() == "of \\udcff.py\n"
    header = msgspec.structs.replace(WHOLE.header, labels={"\udcff.py": "mine"})
    with (
        pytest.raises(ResultsError, match="cannot save to"),
        results.saved_to(tmp_path / "r", header),
    ):
        pass


def test_no_text_of_a_run_is_a_formula_in_csv() -> None:
    rows = [{"strategy": "=cmd()", "peak": -1.5}, {"strategy": "a=b", "peak": None}]
    assert quoted.as_csv(["strategy", "peak"], rows) == "strategy,peak\n'=cmd(),-1.5\na=b,"
