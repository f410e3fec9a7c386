"""The command line as its user meets it: in a process of its own, on a real Postgres."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from callmeter import discovery
from harness import cli
from harness.model import run as results
from harness.payroll import yardsticks as baselines
from harness.postgres.connection import connected
from harness.postgres.session import schemas
from support import PLANTED, ROOT, as_dsn, harness, is_refused

if TYPE_CHECKING:
    from sqlalchemy import URL

    from harness.postgres.connection import Database
    from support import Command

SMALL = ("--entries", "20", "--components", "2", "--repeat", "1", "--meter", "tracemalloc")


def saved_run(done: subprocess.CompletedProcess[str], folder: Path) -> results.Run:
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Saved: ")]
    return results.read(folder / line.removeprefix("Saved: "))


def test_compare_answers_the_question(tmp_path: Path, database: Database) -> None:
    done = harness("compare", *SMALL, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("floor", *strategies.names()):
        assert f"\n{name} " in done.stdout
    assert "needs least memory" in done.stdout
    runs = Path(os.environ["XDG_CACHE_HOME"]) / "mapping-strategies" / "runs"
    assert done.stderr.startswith(f"Saved: {runs}/")
    assert not (tmp_path / "results").exists()
    run = saved_run(done, tmp_path)
    assert len(run.measurements) == run.header.cells
    assert run.header.environment["server"] == "PostgreSQL 18.4 (embedded)"
    assert run.header.command == "python -m harness compare " + " ".join(SMALL)


def test_json_can_be_piped(tmp_path: Path, database: Database) -> None:
    done = harness("compare", "slotted", *SMALL, "--format", "json", folder=tmp_path)
    rows = {row["strategy"]: row for row in json.loads(done.stdout)["rows"]}
    assert rows.keys() == {*baselines.of("hold"), "full_orm", "slotted"}
    needed = {
        "delta_bytes_per_entry",
        "peak_bytes_per_entry",
        "delta_x_floor",
        "peak_x_floor",
        "error",
    }
    assert all(needed <= row.keys() for row in rows.values())
    assert rows["floor"]["delta_x_floor"] == 1


def test_output_goes_to_a_file_and_never_over_one(tmp_path: Path, database: Database) -> None:
    target = tmp_path / "table.csv"
    asked = ("compare", "slotted", *SMALL, "--format", "csv", "--output", str(target))
    done = harness(*asked, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout == ""
    rows = {row["strategy"] for row in csv.DictReader(io.StringIO(target.read_text()))}
    assert rows == {*baselines.of("hold"), "full_orm", "slotted"}
    again = harness(*asked, folder=tmp_path)
    assert again.returncode == 2
    assert "exists; name another file, or add --force" in again.stderr
    assert harness(*asked, "--force", folder=tmp_path).returncode == 0


def test_a_broken_contract_is_exit_1_and_the_rest_is_measured(
    tmp_path: Path, database: Database
) -> None:
    wrong = os.path.relpath(PLANTED / "wrong_data.py", tmp_path)
    asked = ("compare", "slotted", wrong, *SMALL, "--format", "json")
    done = harness(*asked, folder=tmp_path)
    assert done.returncode == 1
    rows = {row["strategy"]: row for row in json.loads(done.stdout)["rows"]}
    assert "entry 1.components[0].amount" in rows[wrong]["error"]
    assert rows[wrong]["peak_bytes_per_entry"] is None
    assert rows["slotted"]["peak_bytes_per_entry"] > 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--entries", "0"], "'--entries': Input should be greater than or equal to 1"),
        (["--entries", "-1"], "'--entries': Input should be greater than or equal to 1"),
        (["--entries", "x"], "'--entries': Input should be a valid integer"),
        (["--profile", "nope"], "no profile 'nope'; there are: realistic, distinct"),
        (["--profile", "realistc"], "did you mean realistic?"),
        (["core_row"], "no strategy 'core_row'; did you mean core_rows?"),
        (["--sort", "peek"], "did you mean peak?"),
        (["--format", "jsn"], "did you mean json?"),
        (["--sizes", "10,x"], "--sizes '10,x' is not a list of numbers of entries"),
        (["--consume", "folded"], "did you mean fold?"),
        (["full_orm", "--consume", "fold"], "full_orm: it offers no iter_premiums_for_payroll"),
        (["--meter", "clok"], "did you mean clock?"),
        (["postgresql://me:secret@localhost/x"], "a URL goes behind --dsn"),
        (["--entrie", "5"], "No such option: --entrie"),
        (["--dsn", "postgresql://nobody:secret@127.0.0.1:1/x"], "Postgres at 127.0.0.1:1/x: "),
        (["--dsn", "postgresql:/nobody:secret@x"], "the --dsn is not one that libpq reads"),
        (["--output", "/nowhere/at/all.md"], "/nowhere/at/all.md cannot be written: No such file"),
        (["--output", "/"], "/ is a folder"),
        (["--save", "/nowhere/run.jsonl"], "cannot be written"),
        (["--memory-limit", "4 parsecs"], "--memory-limit '4 parsecs' is not a number and a unit"),
    ],
)
def test_bad_input_is_one_clear_line(
    command: Command, tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    done = command("compare", *arguments, folder=tmp_path)
    is_refused(done, complaint)
    assert "secret" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_what_needs_more_than_the_limit_is_an_error_and_the_rest_is_measured(
    tmp_path: Path, database: Database
) -> None:
    shutil.copy(PLANTED / "grows.py", tmp_path)
    limited = ("--memory-limit", "300MB", "--meter", "rss", "--repeat", "1")
    done = harness("compare", "grows.py", *SMALL, *limited, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "ERROR grows.py: MemoryError (grows.py:5): it may hold 300 MB" in done.stdout
    assert done.stdout.count("ERROR") == 1


@pytest.mark.parametrize("command", [("check", "--baseline", "x.jsonl"), ("explain", "slotted")])
def test_every_command_whose_error_names_the_limit_has_it(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = harness(*command, "--memory-limit", "4 parsecs", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: --memory-limit '4 parsecs' is not a number and a unit")


def test_growth_over_sizes_and_streams(tmp_path: Path, database: Database) -> None:
    asked = ("compare", "slotted", "--sizes", "20,40,80", "--components", "1")
    done = harness(*asked, "--meter", "tracemalloc", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Growth: peak by tracemalloc" in done.stdout
    assert "slope" in done.stdout
    folded = harness(
        "compare", "slotted", *SMALL, "--consume", "fold", "--format", "json", folder=tmp_path
    )
    rows = {row["strategy"]: row for row in json.loads(folded.stdout)["rows"]}
    assert rows.keys() == {"unstreamed_core", "slotted"}
    assert rows["slotted"]["consume"] == "fold"
    assert rows["slotted"]["error"] is None


def test_a_failed_explanation_says_so(tmp_path: Path, database: Database) -> None:
    shutil.copy(PLANTED / "fails_later.py", tmp_path)
    done = harness("explain", "fails_later.py", "--entries", "20", folder=tmp_path)
    assert done.returncode == 1
    assert "ERROR fails_later.py: ValueError: not now (fails_later.py:10)" in done.stdout


def test_explain_draws_a_flame_graph(tmp_path: Path, database: Database) -> None:
    picture = tmp_path / "peak.html"
    asked = ("explain", "slotted", "--entries", "20", "--flamegraph", str(picture))
    done = harness(*asked, "--format", "csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<html" in picture.read_text()[:1000]
    assert "slotted,peak,driver values: UUID," in done.stdout


def test_an_unknown_command_is_one_clear_line(tmp_path: Path) -> None:
    done = harness("comprae", folder=tmp_path)
    assert done.returncode == 2
    assert "comprae" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_list_names_every_strategy_with_its_label(tmp_path: Path) -> None:
    lines = harness("list", folder=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == strategies.names()
    assert all(strategies.label(strategies.load(line.split()[0])) in line for line in lines)


@pytest.mark.parametrize("arguments", [[], *([name] for name in discovery.names(cli))])
def test_help_teaches(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    done = command(*arguments, "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "Example" in done.stdout or not arguments


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_was_measured_survives(tmp_path: Path, foreign: URL, how: int) -> None:
    """Stopped in the middle: the file holds what was measured, and the next run works."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
    sleeps = str(PLANTED / "sleeps.py")
    path = tmp_path / "run.jsonl"
    asked = ["compare", sleeps, *SMALL, "--save", str(path), "--dsn", as_dsn(foreign)]
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", *asked],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 60
    while not (path.exists() and results.read(path).measurements):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    run = results.read(path)
    assert [m.cell.strategy for m in run.measurements] == ["full_orm"]
    if how != signal.SIGKILL:
        assert process.returncode == 130
        assert errors == f"interrupted; what was measured is saved: {path}\n"
        assert ours(foreign) == []
    done = harness("compare", "slotted", *SMALL, "--dsn", as_dsn(foreign), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ours(foreign) == []


def ours(url: URL) -> list[str]:
    with connected(url) as connection:
        return schemas(connection, "")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(["--entries", "--profile", "--sort", "--format", "-1", "core_rows"]),
        ),
        max_size=5,
    )
)
def test_no_words_give_a_traceback(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that comes before measuring: measuring itself is replaced by nothing to do."""
    monkeypatch.setattr("harness.cli._measuring.measured", lambda *_, **__: sys.exit(0))
    monkeypatch.setattr("harness.model.run.new_path", lambda: Path("unused"))
    monkeypatch.setattr(sys, "argv", ["harness", "compare", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in {0, 2}
    errors = capsys.readouterr().err
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("closed", "words", "expected"),
    [
        (1, ["list"], "error: cannot print the answer: not writable\n"),
        (2, ["lost"], ""),
    ],
)
def test_what_is_said_to_a_closed_stream_is_said_to_no_other(
    tmp_path: Path, closed: int, words: list[str], expected: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.close(closed),
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_without_docstrings_it_says_what_is_missing(tmp_path: Path) -> None:
    is_refused(harness("list", folder=tmp_path, PYTHONOPTIMIZE="2"), "use -O")
