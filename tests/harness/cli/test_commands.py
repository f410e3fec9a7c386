"""The commands as their user meets them: in processes of their own, on a real Postgres."""

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

import strategies
from harness.model.run import read
from harness.payroll import yardsticks
from harness.postgres.connection import connected
from harness.postgres.session import schemas
from support import PLANTED, ROOT, as_dsn, harness, is_refused

if TYPE_CHECKING:
    from sqlalchemy import URL

    from harness.postgres.connection import Database
    from support import Command

SMALL = ("--entries", "20", "--components", "2", "--repeat", "1", "--meter", "tracemalloc")
BESIDE = {*yardsticks.names_for("hold"), "full_orm"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, database: Database) -> Path:
    """A folder with a run: of two strategies and one that breaks the contract, and a grown one."""
    made = tmp_path_factory.mktemp("commands")
    for name in ("wrong_data", "grows", "fails_later"):
        shutil.copy(PLANTED / f"{name}.py", made)
    return made


def test_compare_answers_the_question(folder: Path) -> None:
    done = harness("compare", *SMALL, folder=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    for name in strategies.names():
        assert f"\n{name} " in done.stdout
    assert "\n  keep the ORM -> " in done.stdout
    saved, size = done.stderr.splitlines()[-1].removeprefix("Saved: ").split(" (")
    assert size.endswith("kB)")
    path = Path(saved)
    assert path.parent == Path(os.environ["XDG_CACHE_HOME"]) / "mapping-strategies" / "runs"
    run = read(path)
    assert len(run.measurements) == run.header.cells
    assert run.header.environment["server"].endswith("(embedded)")
    assert run.header.command == "python -m harness compare " + " ".join(SMALL)
    (line,) = [each for each in done.stderr.splitlines() if each.startswith("Which fits? ")]
    command = line.partition("harness ")[2].split()
    chosen = harness(*command, folder=folder)
    assert chosen.returncode == 0, chosen.stderr
    assert chosen.stdout.split()[1].rstrip(",") in done.stdout.partition("keep the ORM -> ")[2]


def test_a_broken_contract_is_exit_1_and_the_rest_is_measured(folder: Path) -> None:
    asked = ("compare", "slotted", "wrong_data.py", *SMALL, "--format", "json")
    done = harness(*asked, folder=folder)
    assert done.returncode == 1
    rows = {row["strategy"]: row for row in json.loads(done.stdout)["rows"]}
    assert rows.keys() == {*BESIDE, "slotted", "wrong_data.py"}
    assert "entry 1.components[0].amount" in rows["wrong_data.py"]["error"]
    assert rows["wrong_data.py"]["metrics"].get("traced_peak") is None
    assert rows["slotted"]["metrics"]["traced_peak"]["x_floor"] > 0
    assert "Which fits?" not in done.stderr


def test_output_goes_to_a_file_and_never_over_one(folder: Path) -> None:
    asked = ("compare", "slotted", *SMALL, "--format", "csv", "--output", "table.csv")
    done = harness(*asked, "--save", "run.jsonl", folder=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-3].startswith("Written: table.csv (")
    rows = csv.DictReader(io.StringIO((folder / "table.csv").read_text()))
    assert {row["strategy"] for row in rows} == {*BESIDE, "slotted"}
    is_refused(harness(*asked, folder=folder), "table.csv exists; name another file, or add")
    again = harness(*asked, "--force", "--save", "run.jsonl", folder=folder)
    assert again.returncode == 0
    report = harness(
        "report", "run.jsonl", "--metric", "traced_peak", "--sort", "name", folder=folder
    )
    assert report.returncode == 0
    assert "retained" not in report.stdout.partition("Which")[0].partition("\n\n-")[0]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_what_needs_more_than_the_limit_is_an_error(folder: Path) -> None:
    limited = ("--memory-limit", "300MB", "--meter", "rss", "--repeat", "1")
    done = harness("compare", "grows.py", *SMALL, *limited, folder=folder)
    assert done.returncode == 1, done.stderr
    assert "ERROR grows.py: MemoryError (grows.py:5): it may hold 300 MB" in " ".join(
        done.stdout.split()
    )
    assert done.stdout.count("ERROR") == 1


def test_several_sizes_and_streams(folder: Path) -> None:
    asked = ("compare", "slotted", "--sizes", "20,40,80", "--components", "1")
    meter = ("--meter", "tracemalloc", "--save", "sizes.jsonl")
    done = harness(*asked, *meter, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Growth" in harness("report", "sizes.jsonl", "--full", folder=folder).stdout
    folded = ("compare", "slotted", *SMALL, "--consume", "fold", "--format", "json")
    rows = json.loads(harness(*folded, folder=folder).stdout)["rows"]
    assert {row["strategy"]: row["error"] for row in rows} == {
        "unstreamed_core": None,
        "slotted": None,
    }


def test_explain_shows_where_the_bytes_are_and_draws_a_flame_graph(folder: Path) -> None:
    asked = ("explain", "slotted", "--entries", "20", "--flamegraph", "peak.html")
    done = harness(*asked, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "slotted peaks at" in done.stdout
    assert "domain objects" in done.stdout
    assert "<html" in (folder / "peak.html").read_text()[:1000]
    failed = harness("explain", "fails_later.py", "--entries", "20", folder=folder)
    assert failed.returncode == 1
    assert "ERROR fails_later.py: ValueError: not now (fails_later.py:10)" in failed.stdout


def test_list_names_every_strategy_with_its_label(command: Command, tmp_path: Path) -> None:
    lines = command("list", folder=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == strategies.names()
    assert all(strategies.label(strategies.load(line.split()[0])) in line for line in lines)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_was_measured_survives(tmp_path: Path, foreign: URL, how: int) -> None:
    """Stopped in the middle: the file holds what was measured, and the next run works."""
    path = tmp_path / "run.jsonl"
    at = ("--dsn", as_dsn(foreign))
    sleeps = str(PLANTED / "sleeps.py")
    process = start("compare", sleeps, *SMALL, "--save", str(path), *at, folder=tmp_path)
    wait_until(process, lambda: path.exists() and bool(read(path).measurements))
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert [each.cell.name for each in read(path).measurements] == ["full_orm"]
    if how != signal.SIGKILL:
        assert process.returncode == 130
        assert errors.splitlines()[-1] == f"interrupted; what was measured is saved: {path}"
        assert left_in(foreign) == []
    done = harness("compare", "slotted", *SMALL, *at, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert left_in(foreign) == []


def test_an_interrupt_amid_the_checks_says_that_nothing_was_measured(tmp_path: Path) -> None:
    own = "import pathlib, time\ndef hangs(): pathlib.Path('called').touch(), time.sleep(600)\n"
    (tmp_path / "own.py").write_text(own)
    process = start("measure", "own.py:hangs", "--save", "run.jsonl", folder=tmp_path)
    wait_until(process, (tmp_path / "called").exists)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted; nothing was measured yet"


def start(*words: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_until(process: subprocess.Popen[str], holds: object) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left_in(url: URL) -> list[str]:
    with connected(url) as connection:
        return schemas(connection, "")


@pytest.mark.parametrize(
    ("closed", "words", "errors"),
    [(1, ["list"], "error: cannot print the answer: not writable\n"), (2, ["lost"], "")],
)
def test_what_is_for_a_closed_stream_goes_to_no_other(
    tmp_path: Path, closed: int, words: list[str], errors: str
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
    assert (done.returncode, done.stdout, done.stderr) == (2, "", errors)


def test_without_docstrings_it_names_what_is_missing(tmp_path: Path) -> None:
    is_refused(harness("list", folder=tmp_path, PYTHONOPTIMIZE="2"), "use -O")


def test_what_is_in_the_users_folder_is_no_part_of_the_harness(tmp_path: Path) -> None:
    (tmp_path / "strategies").mkdir()
    for name in ("strategies/__init__.py", "queue.py", "msgspec.py"):
        (tmp_path / name).write_text("raise RuntimeError('not yours')\n")
    done = harness("list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "full_orm" in done.stdout
