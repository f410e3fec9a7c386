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

from harness.model import run as results
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

LEFT = [bytes(n % 10) for n in range(N)]

def taking():
    taken = LEFT[:]
    LEFT.clear()
    return taken
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
    cache = str(project / "cache")
    return command_line(*words, folder=project, DATABASE_URL=secret, XDG_CACHE_HOME=cache)


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
    runs = list((project / "cache" / "mapping-strategies" / "runs").iterdir())
    assert runs
    assert all("hunter2" not in run.read_text() for run in runs)


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


def test_another_number_of_items_has_no_ratio_and_says_so(project: Path) -> None:
    words = ("shop.repo:lean", "src/shop/repo.py:first(few)", "--setup", "few = 5")
    path = str(project / "few.jsonl")
    code, rows, _ = measured(project, *words, "--meter", "tracemalloc", "--save", path)
    assert code == 0
    assert [row["entries"] for row in rows.values()] == [2_000, 5]
    few = rows["first(few)"]
    assert few["other_count"]
    assert few["peak_bytes"]
    assert few["peak_smaller_than_reference"] is None
    assert "other count" in harness(project, "report", path).stdout


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
    done = harness(project, "choose", "--entries", "10", "--memory", "1MB", "--run", run)
    is_refused(done, "the run is of functions of your own, not of strategies")


GROWING = """
import os
from itertools import repeat
SIZE, COUNT = (int(os.environ.get(name, usual)) for name, usual in (("SIZE", 100), ("COUNT", 500)))
def one(): return [bytes(100 + n % 2) for n in range(500)]
def other(): return [bytes(SIZE + n % 2) for n in range(COUNT)]
"""


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two functions, and a baseline of them; SIZE and COUNT make one worse."""
    folder = tmp_path_factory.mktemp("growing")
    (folder / "growing.py").write_text(GROWING)
    asked = ("measure", "growing:one", "growing:other", "--meter", "tracemalloc")
    done = command_line(*asked, "--save", "baseline.jsonl", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def checked(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return command_line(
        "check", "--baseline", "baseline.jsonl", *words, folder=folder, **environment
    )


def test_functions_that_did_not_change_pass(growing: Path) -> None:
    done = checked(growing, "--save", "same.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nPASSED: 2 " in done.stdout
    run = results.read(growing / "same.jsonl")
    assert {m.cell.strategy for m in run.measurements} == {"growing:one", "growing:other"}
    assert {m.cell.meter for m in run.measurements} == {"check", "tracemalloc"}


def test_a_function_that_needs_more_fails(growing: Path) -> None:
    done = checked(growing, SIZE="200")
    assert done.returncode == 1, done.stderr
    assert "growing:other, peak: " in done.stdout
    assert "growing:one, " not in done.stdout.partition("Changed")[0]


def test_each_function_may_have_a_limit_of_its_own(growing: Path) -> None:
    limits = ("--fail-on", "peak:5%", "--fail-on", "growing:other=peak:100%")
    assert checked(growing, *limits, SIZE="200").returncode == 0
    assert checked(growing, *limits, SIZE="400").returncode == 1
    is_refused(checked(growing, "--fail-on", "growing:othre=peak:5%"), "did you mean growing:other")


def test_a_function_that_gives_another_number_of_items_is_not_compared(growing: Path) -> None:
    done = checked(growing, COUNT="400")
    assert done.returncode == 1, done.stderr
    assert "growing:other: it gives 400 items, and gave 500 in the baseline" in done.stdout


def test_one_function_is_checked_beside_its_reference(growing: Path) -> None:
    done = checked(growing, "growing:other", SIZE="200")
    assert done.returncode == 1
    assert "\nFAILED: 1 of 1 " in done.stdout


def test_a_baseline_without_its_password_asks_for_the_setup(project: Path) -> None:
    run = str(project / "password.jsonl")
    words = ("--setup", "password = 'hunter4'", "--meter", "tracemalloc", "--save", run)
    assert harness(project, "measure", "shop.repo:lean", *words).returncode == 0
    is_refused(
        harness(project, "check", "--baseline", run),
        "the baseline does not have the password in the call or set-up of shop.repo:lean",
    )
    done = harness(project, "check", "--baseline", run, "--setup", "password = 'hunter4'")
    assert done.returncode == 0, done.stderr


def test_fields_that_may_differ_are_ignored(project: Path) -> None:
    words = ("measure", "shop.repo:lean", "shop.repo:wrong", "--same", "--meter", "tracemalloc")
    assert harness(project, *words).returncode == 1
    assert harness(project, *words, "--ignore", "name").returncode == 0


def test_without_a_warm_up_a_call_that_changes_its_data_is_measured(project: Path) -> None:
    words = ("measure", "shop.repo:taking", "--meter", "clock", "--repeat", "2")
    done = harness(project, *words)
    assert done.returncode == 1
    said = "the second call gave no items, the first 2,000 items: the warm-up changed something"
    assert said in " ".join(done.stdout.split())
    run = project / "taking.jsonl"
    done = harness(project, *words, "--no-warm-up", "--save", str(run))
    assert done.returncode == 0, done.stdout
    saved = results.read(run)
    assert not saved.header.warm_up
    assert {m.items for m in saved.measurements} == {2_000}
    assert all(m.cell.cold for m in saved.measurements if m.cell.meter == "clock")


def test_a_traceback_is_shown_on_request_and_is_the_users(project: Path) -> None:
    words = ("measure", "shop.repo:fails", "--meter", "clock")
    done = harness(project, *words)
    assert "RuntimeError: cannot reach" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = harness(project, *words, "--traceback")
    assert done.returncode == 1
    assert done.stderr.count("Traceback (most recent call last):") == 1
    assert 'repo.py", line ' in done.stderr
    assert "callmeter" not in done.stderr
    assert "hunter2" not in done.stderr


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment without any package, in somebody's working folder."""
    folder = tmp_path_factory.mktemp("theirs") / ".venv"
    make = (sys.executable, "-m", "venv", "--without-pip", str(folder))
    subprocess.run(make, check=True)
    return folder / "bin" / "python"


def test_another_python_measures_and_says_what_it_is(
    project: Path, empty_environment: Path
) -> None:
    (project / "stack.py").write_text(
        "import sys\nfrom importlib.metadata import distributions\n"
        "def read(): return [bytes(n) for n in range(1_000)]\n"
        "def known(): return [sys.prefix, *(each.name for each in distributions())]\n"
        "def ours():\n    import typer\n    return [typer]\n"
    )
    run = project / "other.jsonl"
    words = ("measure", "stack:read", "stack:known", "--python", str(empty_environment))
    meters = ("--meter", "tracemalloc", "--meter", "allocator", "--repeat", "1")
    done = harness(project, *words, *meters, "--save", str(run))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "does not have memray, so nothing is recorded; add --install-memray" in done.stderr
    saved = results.read(run)
    items = {m.cell.strategy: m.items for m in saved.measurements if m.items is not None}
    assert items == {"stack:read": 1_000, "stack:known": 1}  # the prefix, and no distribution
    unavailable = {m.cell.meter for m in saved.measurements if m.unavailable}
    assert unavailable == {"allocator"}
    assert "sqlalchemy" not in saved.header.environment
    assert str(empty_environment) not in run.read_text()
    nothing = harness(project, "measure", "stack:ours", *words[3:], *meters)
    assert nothing.returncode == 1
    assert "No module named 'typer'" in nothing.stdout


def test_what_needs_memray_says_how_to_get_it(project: Path, empty_environment: Path) -> None:
    words = ("explain", "shop.repo:lean", "--python", str(empty_environment))
    is_refused(harness(project, *words), "does not have; add --install-memray")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere/python", "--python /nowhere/python is no program"),
        (".", "--python . is a folder; name its bin/python"),
        ("/bin/true", "--python /bin/true does not answer as a Python does"),
    ],
)
def test_what_is_no_python_is_one_clear_line(project: Path, path: str, said: str) -> None:
    words = ("measure", "shop.repo:lean", "--python", path)
    is_refused(harness(project, *words), said)


def test_force_replaces_the_saved_run_too(project: Path) -> None:
    run = project / "kept.jsonl"
    run.write_text("another run")
    words = ("measure", "shop.repo:lean", "--meter", "clock", "--repeat", "1", "--save", str(run))
    is_refused(harness(project, *words), "kept.jsonl exists; name another file, or add --force")
    assert run.read_text() == "another run"
    assert harness(project, *words, "--force").returncode == 0
    assert results.read(run).measurements


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
