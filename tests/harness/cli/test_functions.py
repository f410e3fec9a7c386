"""`measure`, `explain` and `check` of functions of one's own, as their user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harness.model.run import read
from support import ROOT, is_refused
from support import harness as command_line

if TYPE_CHECKING:
    from pathlib import Path

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


QUICK = ("--meter", "tracemalloc", "--repeat", "1")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody else's, in a src layout, its package with relative imports."""
    folder = tmp_path_factory.mktemp("somebody else's \u00e9")
    package = folder / "src" / "shop"
    package.mkdir(parents=True)
    for name, code in {"__init__.py": "", "models.py": MODELS, "repo.py": CODE}.items():
        (package / name).write_text(code, encoding="utf-8")
    return folder


def harness(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    secret = "postgresql://me:hunter2@localhost/shop"
    cache = str(project / "cache")
    return command_line(*words, folder=project, DATABASE_URL=secret, XDG_CACHE_HOME=cache)


def measured(project: Path, *words: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """The exit code, the rows by the name of the function, and the errors."""
    done = harness(project, "measure", *words, "--format", "json", "--repeat", "1")
    rows = json.loads(done.stdout)["rows"]
    return done.returncode, {_name(row).partition(":")[2]: row for row in rows}, done.stderr


def _name(row: dict[str, Any]) -> str:
    return str(row.get("target") or row["strategy"])


def median(row: dict[str, Any], key: str) -> float:
    return float(row["metrics"][key]["median"])


def test_functions_are_compared_with_the_first(project: Path) -> None:
    names = ("heavy", "lean", "stream", "later", "first(N)")
    code, rows, _ = measured(project, *(f"shop.repo:{name}" for name in names), "--same")
    assert code == 0
    assert {name: row["error"] for name, row in rows.items()} == dict.fromkeys(names)
    heavy, lean = rows["heavy"], rows["lean"]
    assert heavy["metrics"]["traced_peak"]["x_reference"] == 1
    assert lean["metrics"]["traced_peak"]["x_reference"] == pytest.approx(1 / 2.9, rel=0.2)
    assert median(heavy, "traced_peak") > median(heavy, "traced_retained") + 200 * 2_000
    stream, listed = (median(rows[name], "traced_retained") for name in ("stream", "lean"))
    assert stream == pytest.approx(listed, rel=0.05)


def test_other_data_a_crash_and_an_error_are_rows_and_the_rest_is_measured(project: Path) -> None:
    names = ("lean", "wrong", "ends", "fails()", "hangs")
    words = [f"shop.repo:{name}" for name in names]
    code, rows, errors = measured(project, *words, "--same", "--timeout", "3")
    assert code == 1
    for name, error in (
        ("wrong", "item 17.name: 'x' where the reference has 'name 17'"),
        ("ends", "ended with exit code 3"),
        ("fails()", "cannot reach postgresql://me:***@localhost/shop (repo.py:"),
        ("hangs", "timed out"),
    ):
        assert error in rows[name]["error"]
    assert rows["lean"]["error"] is None
    assert median(rows["lean"], "traced_peak")
    runs = list((project / "cache" / "mapping-strategies" / "runs").iterdir())
    assert runs
    assert "hunter2" not in errors + "".join(run.read_text() for run in runs)


def test_no_password_of_a_target_or_of_the_setup_is_shown_or_saved(project: Path) -> None:
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
    assert "RuntimeError: *** is wrong" in " ".join(done.stdout.split())
    done = harness(project, "measure", "shop.repo:lean", "--setup", 'password = "hunter6" 1')
    assert "hunter" not in done.stderr


def test_a_process_that_is_left_running_holds_nothing_up(project: Path) -> None:
    name = "leaves_a_process"
    code, rows, _ = measured(project, f"shop.repo:{name}", "--meter", "clock", "--timeout", "20")
    assert code == 0, rows[name]["error"]


def test_modules_of_the_users_do_not_stand_in_for_those_of_the_worker(tmp_path: Path) -> None:
    for name in ("strategies", "harness", "queue"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "mine.py").write_text("import queue\ndef read(): return [queue.__file__]\n")
    start = f"import sys; sys.path[:1] = [{str(ROOT)!r}]; from harness.cli import main; main()"
    words = ("measure", "mine:read", "--meter", "clock", "--repeat", "1")
    command = [sys.executable, "-P", "-c", start, *words]  # as an installed script starts
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_leak_grows_what_is_retained(project: Path) -> None:
    _, rows, _ = measured(project, "shop.repo:lean", "shop.repo:leaking", "--meter", "tracemalloc")
    lean, leaking = (median(rows[name], "traced_retained") for name in ("lean", "leaking"))
    assert leaking - lean == pytest.approx(533 * 2_000, rel=0.05)


def test_another_number_of_items_has_no_ratio(project: Path) -> None:
    words = ("shop.repo:lean", "src/shop/repo.py:first(few)", "--setup", "few = 5")
    code, rows, _ = measured(project, *words, "--meter", "tracemalloc")
    assert code == 0
    few = rows["first(few)"]
    assert median(few, "traced_peak")
    assert few["metrics"]["traced_peak"]["x_reference"] is None


def test_a_generator_is_folded(project: Path) -> None:
    words = ("shop.repo:stream", "shop.repo:lean", "--consume", "fold", "--meter", "tracemalloc")
    _, rows, _ = measured(project, *words)
    stream, lean = (median(rows[name], "traced_peak") for name in ("stream", "lean"))
    assert stream < lean / 50


def test_explain_shows_where_the_bytes_are(project: Path) -> None:
    done = harness(project, "explain", "shop.repo:heavy", "shop.repo:stream")
    assert done.returncode == 0, done.stderr
    assert "heavy peaks at" in " ".join(done.stdout.split())
    assert "2,000 Lean" in done.stdout


def test_fields_that_may_differ_are_ignored(project: Path) -> None:
    words = ("measure", "shop.repo:lean", "shop.repo:wrong", "--same", *QUICK)
    assert harness(project, *words).returncode == 1
    assert harness(project, *words, "--ignore", "name").returncode == 0


def test_without_a_warm_up_a_call_that_changes_its_data_is_measured(project: Path) -> None:
    words = ("measure", "shop.repo:taking", "--meter", "clock", "--repeat", "2")
    done = harness(project, *words)
    assert done.returncode == 1
    error = "the second call gave no items, the first 2,000 items: the warm-up changed something"
    assert error in " ".join(done.stdout.split())
    run = project / "taking.jsonl"
    done = harness(project, *words, "--no-warm-up", "--save", str(run))
    assert done.returncode == 0, done.stdout
    saved = read(run)
    assert not saved.header.warm_up
    assert {each.items for each in saved.measurements} == {2_000}
    assert all(each.cell.cold for each in saved.measurements if each.cell.meter == "clock")


def test_a_traceback_is_shown_on_request_and_is_the_users(project: Path) -> None:
    words = ("measure", "shop.repo:fails", "--meter", "clock")
    assert "Traceback" not in harness(project, *words).stderr
    done = harness(project, *words, "--traceback")
    assert done.returncode == 1
    assert done.stderr.count("Traceback (most recent call last):") == 1
    assert 'repo.py", line ' in done.stderr
    assert "callmeter" not in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["shop.repo:laen"], "shop.repo has no 'laen'; did you mean lean?"),
        (["shop.repp:lean"], "there is no module 'shop.repp' here"),
        (["shop.repo:first"], "missing a required argument: 'count'; write the call"),
        (["src/shop/rep.py:lean"], "there is no file 'src/shop/rep.py'"),
        (["shop.repo:lean", "--setup", "1 / 0"], "--setup: ZeroDivisionError: division by zero"),
        (["shop.repo:lean", "--setup", "1 /"], "--setup '1 /' is not Python: invalid syntax"),
        (
            [f"shop.repo:connected('postgresql://me:{each}@db/shop')" for each in "ab"],
            "two targets differ in a password only",
        ),
    ],
)
def test_what_cannot_be_measured_is_one_clear_line(
    project: Path, words: list[str], complaint: str
) -> None:
    is_refused(harness(project, "measure", *words), complaint)


def test_force_replaces_the_saved_run(project: Path) -> None:
    run = project / "there.jsonl"
    run.write_text("another run")
    words = ("measure", "shop.repo:lean", *QUICK, "--save", str(run))
    is_refused(harness(project, *words), "there.jsonl exists; name another file, or add --force")
    assert run.read_text() == "another run"
    assert harness(project, *words, "--force").returncode == 0
    done = harness(project, "choose", "--entries", "10", "--memory", "1MB", "--run", str(run))
    is_refused(done, "the run is of functions of your own, not of strategies")


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment without any package, in somebody's working folder."""
    folder = tmp_path_factory.mktemp("theirs") / ".venv"
    make = (sys.executable, "-m", "venv", "--without-pip", str(folder))
    subprocess.run(make, check=True)
    return folder / "bin" / "python"


def test_another_python_measures_and_is_recorded(project: Path, empty_environment: Path) -> None:
    (project / "stack.py").write_text(
        "import sys\nfrom importlib.metadata import distributions\n"
        "def read(): return [bytes(n) for n in range(1_000)]\n"
        "def known(): return [sys.prefix, *(each.name for each in distributions())]\n"
        "def ours():\n    import msgspec\n    return [msgspec]\n"
    )
    run = project / "other.jsonl"
    python = ("--python", str(empty_environment))
    meters = (*QUICK, "--meter", "allocator")
    words = ("measure", "stack:read", "stack:known", *python, *meters, "--save", str(run))
    done = harness(project, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "does not have memray, so nothing is recorded; add --install-memray" in done.stderr
    saved = read(run)
    items = {each.cell.name: each.items for each in saved.measurements if each.items is not None}
    assert items == {"stack:read": 1_000, "stack:known": 1}  # the prefix, and no distribution
    assert {each.cell.meter for each in saved.measurements if each.unavailable} == {"allocator"}
    assert "sqlalchemy" not in saved.header.environment
    assert str(empty_environment) not in run.read_text()
    nothing = harness(project, "measure", "stack:ours", *python, *QUICK)
    assert nothing.returncode == 1
    assert "No module named 'msgspec'" in nothing.stdout
    refused = harness(project, "explain", "shop.repo:lean", *python)
    is_refused(refused, "does not have memray; add --install-memray")


GROWING = """
import os
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


@pytest.mark.parametrize(
    ("words", "environment", "code", "text"),
    [
        ((), {}, 0, "PASSED: 2 "),
        ((), {"SIZE": "200"}, 1, "FAILED: 1 of 2 "),
        (("growing:other",), {"SIZE": "200"}, 1, "FAILED: 1 of 1 "),
        ((), {"COUNT": "400"}, 1, "400 items"),
        (("--fail-on", "growing:other=traced_peak:100%"), {"SIZE": "180"}, 0, "PASSED"),
        (("--fail-on", "growing:other=traced_peak:100%"), {"SIZE": "400"}, 1, "FAILED"),
        (("--fail-on", "growing:othre=traced_peak:5%"), {}, 2, "did you mean growing:other?"),
    ],
)
def test_functions_are_held_against_a_baseline(
    growing: Path, words: tuple[str, ...], environment: dict[str, str], code: int, text: str
) -> None:
    asked = ("check", "--baseline", "baseline.jsonl", *words)
    done = command_line(*asked, folder=growing, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert text in done.stdout + done.stderr


def test_a_baseline_without_its_password_asks_for_the_setup(project: Path) -> None:
    run = str(project / "password.jsonl")
    words = ("--setup", "password = 'hunter4'", *QUICK, "--save", run)
    assert harness(project, "measure", "shop.repo:lean", *words).returncode == 0
    check = ("check", "--baseline", run)
    complaint = "the baseline does not have the password in the call or set-up of shop.repo:lean"
    is_refused(harness(project, *check), complaint)
    done = harness(project, *check, "--setup", "password = 'hunter4'")
    assert done.returncode == 0, done.stderr
