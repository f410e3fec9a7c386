"""`measure` and `explain` of functions of one's own, as their user meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import ROOT, is_refused
from support import harness as command_line

CODE = """
import asyncio, os
from .models import Item, Lean

N = 2_000
KEPT = []

def heavy():
    junk = [bytes(200) for _ in range(N)]
    return [Item(n, f"name {n}") for n in range(N)]

def lean():
    return [Lean(n, f"name {n}") for n in range(N)]

def wrong():
    return [Lean(n, "x" if n == 17 else f"name {n}") for n in range(N)]

def leaking():
    KEPT.append([bytes(500) for _ in range(N)])
    return lean()

def stream():
    for n in range(N):
        yield Lean(n, f"name {n}")

async def later():
    await asyncio.sleep(0)
    return lean()

def ends():
    os._exit(3)

def leaves_a_process():
    import os, time
    if os.fork() == 0:
        time.sleep(3_600)
    return lean()

def fails():
    raise RuntimeError(f"cannot reach {os.environ['DATABASE_URL']}")

def connected(dsn):
    raise RuntimeError(f"{dsn.partition('me:')[2].partition('@')[0] or dsn} is wrong")

def hangs():
    import time
    time.sleep(60)

def first(count):
    return lean()[:count]
"""
MODELS = """
from dataclasses import dataclass

@dataclass
class Item:
    id: int
    name: str

@dataclass(slots=True)
class Lean:
    id: int
    name: str
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody else's, in a src layout, its package with relative imports."""
    folder = tmp_path_factory.mktemp("somebody else's é")
    package = folder / "src" / "shop"
    package.mkdir(parents=True)
    for name, code in {"__init__.py": "", "models.py": MODELS, "repo.py": CODE}.items():
        (package / name).write_text(code, encoding="utf-8")
    return folder


def harness(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    secret = "postgresql://me:hunter2@localhost/shop"
    return command_line(*words, folder=project, DATABASE_URL=secret)


def measured(project: Path, *words: str) -> tuple[int, dict[str, dict[str, object]], str]:
    done = harness(project, "measure", *words, "--format", "json", "--repeat", "1")
    rows = json.loads(done.stdout)["rows"]
    return done.returncode, {row["strategy"].partition(":")[2]: row for row in rows}, done.stderr


def test_functions_are_compared_with_the_first(project: Path) -> None:
    ways = ("heavy", "lean", "stream", "later", "first(N)")
    code, rows, _ = measured(project, *(f"shop.repo:{way}" for way in ways), "--same")
    assert code == 0
    assert rows.keys() == {*ways}
    for row in rows.values():
        assert row["error"] is None
        assert row["entries"] == 2_000
        assert row["reference"] == "shop.repo:heavy"
    heavy, lean = rows["heavy"], rows["lean"]
    assert heavy["peak_smaller_than_reference"] == 1
    assert lean["peak_smaller_than_reference"] == pytest.approx(2.9, rel=0.2)
    assert lean["faster_than_reference"]
    assert heavy["peak_bytes"] > heavy["delta_bytes"] + 200 * 2_000  # type: ignore[operator]
    assert rows["stream"]["delta_bytes"] == pytest.approx(lean["delta_bytes"], rel=0.05)


def test_other_data_a_crash_and_an_error_are_rows_and_the_rest_is_measured(project: Path) -> None:
    ways = ("lean", "wrong", "ends", "fails()", "hangs")
    names = [f"shop.repo:{way}" for way in ways]
    code, rows, told = measured(project, *names, "--same", "--timeout", "3")
    assert code == 1
    errors = {way: str(rows[way]["error"]) for way in ways}
    assert "item 17.name: 'x' where the reference has 'name 17'" in errors["wrong"]
    assert "ended with exit code 3" in errors["ends"]
    assert "cannot reach postgresql://me:***@localhost/shop (repo.py:" in errors["fails()"]
    assert "timed out" in errors["hangs"]
    assert rows["lean"]["error"] is None
    assert rows["lean"]["peak_bytes"]
    assert "hunter2" not in told
    assert all("hunter2" not in run.read_text() for run in (project / "results/local").iterdir())


def test_no_password_of_a_target_or_of_the_setup_is_told_or_saved(project: Path) -> None:
    run = project / "secret.jsonl"
    words = (
        "shop.repo:connected('postgresql://me:hunter2@db/shop')",
        "shop.repo:connected('host=db password=hunter3')",
        *("--setup", """import os; password = 'hunter4'; os.environ["PGPASSWORD"] = "hunter5" """),
        *("--meter", "clock", "--repeat", "1", "--save", str(run)),
    )
    done = harness(project, "measure", *words)
    assert done.returncode == 1
    assert "hunter" not in done.stdout + done.stderr + run.read_text()
    assert "RuntimeError: *** is wrong" in done.stdout
    done = harness(project, "measure", "shop.repo:lean", "--setup", 'password = "hunter6" 1')
    assert "hunter" not in done.stderr


def test_targets_that_differ_in_a_password_only_are_refused(project: Path) -> None:
    names = (f"shop.repo:connected('postgresql://me:{each}@db/shop')" for each in "ab")
    is_refused(harness(project, "measure", *names), "two targets differ in a password only")


def test_a_process_that_is_left_running_holds_nothing_up(project: Path) -> None:
    way = "leaves_a_process"
    code, rows, _ = measured(project, f"shop.repo:{way}", "--meter", "clock", "--timeout", "20")
    assert code == 0, rows[way]["error"]


def test_modules_of_the_users_do_not_stand_in_for_those_of_the_worker(tmp_path: Path) -> None:
    for name in ("strategies", "harness", "queue"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "mine.py").write_text("import queue\ndef read(): return [queue.__file__]\n")
    start = f"import sys; sys.path[:1] = [{str(ROOT)!r}]; from harness.cli import main; main()"
    words = ("measure", "mine:read", "--meter", "clock", "--repeat", "1")
    command = [sys.executable, "-P", "-c", start, *words]  # as an installed script starts
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_leak_grows_what_is_retained(project: Path) -> None:
    _, rows, _ = measured(project, "shop.repo:lean", "shop.repo:leaking", "--meter", "tracemalloc")
    lean, leaking = (rows[way]["delta_bytes"] for way in ("lean", "leaking"))
    assert leaking - lean == pytest.approx(533 * 2_000, rel=0.05)  # type: ignore[operator]


def test_another_number_of_items_is_told(project: Path) -> None:
    words = ("shop.repo:lean", "src/shop/repo.py:first(few)", "--setup", "few = 5")
    code, rows, told = measured(project, *words, "--meter", "clock")
    assert code == 0
    assert "src/shop/repo.py:first(few) reads 5 items, shop.repo:lean 2,000" in told
    assert {row["entries"] for row in rows.values()} == {2_000}


def test_a_generator_is_folded(project: Path) -> None:
    words = ("shop.repo:stream", "shop.repo:lean", "--consume", "fold", "--meter", "tracemalloc")
    _, rows, _ = measured(project, *words)
    stream, lean = (rows[way]["peak_bytes"] for way in ("stream", "lean"))
    assert stream < lean / 50  # type: ignore[operator]


def test_explain_says_where_the_bytes_are(project: Path) -> None:
    done = harness(project, "explain", "shop.repo:heavy", "shop.repo:stream")
    assert done.returncode == 0
    assert "shop.repo:heavy, peak:" in done.stdout
    assert "B/item, by layer" in done.stdout
    assert "2,000 Lean" in done.stdout
    assert "more are retained" not in done.stdout
    leaking = harness(project, "explain", "shop.repo:leaking").stdout
    assert "B/item more are retained: native memory, or what is held elsewhere" in leaking


def test_what_is_about_strategies_says_so(project: Path) -> None:
    run = str(project / "own.jsonl")
    words = ("--meter", "tracemalloc", "--repeat", "1", "--save", run)
    harness(project, "measure", "shop.repo:lean", *words)
    choose = ("choose", "--entries", "10", "--memory", "1MB", "--run", run)
    for command in (("check", "--baseline", run), choose):
        done = harness(project, *command)
        is_refused(done, "the run is of functions of your own, not of strategies")


@pytest.mark.parametrize("form", ["table", "markdown", "html", "svg", "csv"])
def test_every_report_of_a_run_says_its_reference_and_its_items(project: Path, form: str) -> None:
    run = project / "run.jsonl"
    if not run.exists():
        names = ("shop.repo:heavy", "shop.repo:lean")
        harness(project, "measure", *names, "--explain", "--repeat", "3", "--save", str(run))
    done = harness(project, "report", str(run), "--format", form)
    assert done.returncode == 0, done.stderr
    assert "full_orm" not in done.stdout
    assert "full_orm" not in harness(project, "diff", str(run), str(run), "--all").stdout
    if form in ("table", "markdown", "html"):
        assert "2,000 items a call" in done.stdout
        assert "B/item" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shop.repo"], "the target 'shop.repo' is not package.module:function"),
        (["shop.repo:laen"], "shop.repo has no 'laen'; did you mean lean?"),
        (["shop.repp:lean"], "there is no module 'shop.repp' here"),
        (["shop.repo:first"], "missing a required argument: 'count'; write the call"),
        (["src/shop/rep.py:lean"], "there is no file 'src/shop/rep.py'"),
        (["shop.repo:lean", "--setup", "1 / 0"], "--setup: ZeroDivisionError: division by zero"),
        (["shop.repo:lean", "--setup", "1 /"], "--setup '1 /' is not Python: invalid syntax"),
        (["shop.repo:lean", "--meter", "clok"], "did you mean clock?"),
    ],
)
def test_what_cannot_be_measured_is_one_clear_line(
    project: Path, words: list[str], said: str
) -> None:
    is_refused(harness(project, "measure", *words), said)


def test_what_is_in_the_users_folder_is_no_part_of_the_harness(tmp_path: Path) -> None:
    (tmp_path / "strategies").mkdir()
    for name in ("strategies/__init__.py", "queue.py", "typer.py"):
        (tmp_path / name).write_text("raise RuntimeError('not yours')\n")
    done = harness(tmp_path, "list")
    assert done.returncode == 0, done.stderr
    assert "full_orm" in done.stdout


def test_an_interrupt_amid_the_checks_says_that_nothing_was_measured(tmp_path: Path) -> None:
    own = "import pathlib, time\ndef hangs(): pathlib.Path('called').touch(), time.sleep(600)\n"
    (tmp_path / "own.py").write_text(own)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", "measure", "own.py:hangs", "--save", "run.jsonl"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "called").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "interrupted; nothing was measured yet\n"
