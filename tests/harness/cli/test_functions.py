"""`measure`, `explain` and `check` of functions of one's own, as their user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support import ROOT, is_refused

if TYPE_CHECKING:
    from pathlib import Path

    from support import Command

CODE = """
import asyncio, os
from .models import Item, Lean

N = 2_000

def heavy():
    junk = [bytes(200) for _ in range(N)]
    return [Item(n, f"name {n}") for n in range(N)]

def lean():
    return [Lean(n, f"name {n}") for n in range(N)]

def wrong():
    return [Lean(n, "x" if n == 17 else f"name {n}") for n in range(N)]

def stream():
    for n in range(N):
        yield Lean(n, f"name {n}")

async def later():
    await asyncio.sleep(0)
    return lean()

def ends():
    os._exit(3)

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
GROWING = """
import os
SIZE = int(os.environ.get("SIZE", 100))
def one(): return [bytes(100 + n % 2) for n in range(500)]
def other(): return [bytes(SIZE + n % 2) for n in range(500)]
"""
TRACED = ("--meter", "tracemalloc", "--repeat", "1")
TIMED = ("--meter", "clock", "--repeat", "1")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of somebody else's, in a src layout, its package with relative imports."""
    folder = tmp_path / "somebody else's \u00e9"
    package = folder / "src" / "shop"
    package.mkdir(parents=True)
    for name, code in {"__init__.py": "", "models.py": MODELS, "repo.py": CODE}.items():
        (package / name).write_text(code, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@localhost/shop")
    return folder


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """The rows of an answer in JSON, by the name of the function."""
    found = json.loads(done.stdout)["rows"]
    return {(row.get("target") or row["strategy"]).partition(":")[2]: row for row in found}


def median(row: dict[str, Any], key: str) -> float:
    return float(row["metrics"][key]["median"])


def test_functions_are_compared_with_the_first(command: Command, project: Path) -> None:
    words = [f"shop.repo:{name}" for name in ("heavy", "lean", "stream", "later", "wrong")]
    words += ["src/shop/repo.py:first(every)", "--setup", "every = 2_000", "--same"]
    done = command(
        *("measure", *words, "--ignore", "name", *TRACED, "--format", "json"), folder=project
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = rows(done)
    assert found.keys() == {"heavy", "lean", "stream", "later", "wrong", "first(every)"}
    heavy, lean = found["heavy"], found["lean"]
    assert heavy["metrics"]["traced_peak"]["x_reference"] == 1
    assert lean["metrics"]["traced_peak"]["x_reference"] == pytest.approx(1 / 2.9, rel=0.2)
    assert median(heavy, "traced_peak") > median(heavy, "traced_retained") + 200 * 2_000
    stream, listed = (median(found[name], "traced_retained") for name in ("stream", "lean"))
    assert stream == pytest.approx(listed, rel=0.05)


def test_other_data_a_crash_and_an_error_are_rows_and_the_rest_is_measured(
    command: Command, project: Path
) -> None:
    """With the user's own traceback on request, and no password anywhere."""
    words = [f"shop.repo:{name}" for name in ("lean", "wrong", "ends", "fails()", "hangs")]
    words += ["--same", "--timeout", "3", "--traceback", "--save", "run.jsonl", *TRACED]
    done = command("measure", *words, "--format", "json", folder=project)
    assert done.returncode == 1
    found = rows(done)
    for name, error in (
        ("wrong", "item 17.name: 'x' where the reference has 'name 17'"),
        ("ends", "ended with exit code 3"),
        ("fails()", "cannot reach postgresql://me:***@localhost/shop (repo.py:"),
        ("hangs", "timed out"),
    ):
        assert error in found[name]["error"]
    assert found["lean"]["error"] is None
    assert median(found["lean"], "traced_peak")
    assert done.stderr.count("Traceback (most recent call last):") == 1
    assert 'repo.py", line ' in done.stderr
    assert "/callmeter/" not in done.stderr
    assert "hunter2" not in done.stderr + (project / "run.jsonl").read_text()


def test_no_password_of_a_target_or_of_the_setup_is_shown_or_saved(
    command: Command, project: Path
) -> None:
    words = (
        "shop.repo:connected('postgresql://me:hunter2@db/shop')",
        "shop.repo:connected('host=db password=hunter3')",
        *("--setup", """import os; password = 'hunter4'; os.environ["PGPASSWORD"] = "hunter5" """),
        *(*TIMED, "--save", "run.jsonl"),
    )
    done = command("measure", *words, folder=project)
    assert done.returncode == 1
    assert "hunter" not in done.stdout + done.stderr + (project / "run.jsonl").read_text()
    assert "RuntimeError: *** is wrong" in " ".join(done.stdout.split())
    wrong = ("measure", "shop.repo:lean", "--setup", 'password = "hunter6" 1')
    assert "hunter" not in command(*wrong, folder=project).stderr


def test_modules_of_the_users_do_not_stand_in_for_those_of_the_worker(tmp_path: Path) -> None:
    for name in ("strategies", "harness", "queue"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "mine.py").write_text("import queue\ndef read(): return [queue.__file__]\n")
    start = f"import sys; sys.path[:1] = [{str(ROOT)!r}]; from harness.cli import main; main()"
    words = ("measure", "mine:read", *TIMED)
    installed = [sys.executable, "-P", "-c", start, *words]  # as an installed script starts
    done = subprocess.run(installed, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["shop.repo:laen"], "shop.repo has no 'laen'; did you mean lean?"),
        (["shop.repp:lean"], "there is no module 'shop.repp' here"),
        (["shop.repo:first"], "missing a required argument: 'count'; write the call"),
        (["src/shop/rep.py:lean"], "there is no file 'src/shop/rep.py'"),
        (["shop.repo:lean", "--setup", "1 /"], "--setup '1 /' is not Python: invalid syntax"),
        (
            [f"shop.repo:connected('postgresql://me:{each}@db/shop')" for each in "ab"],
            "two targets differ in a password only",
        ),
    ],
)
def test_what_cannot_be_measured_is_one_clear_line(
    command: Command, project: Path, words: list[str], complaint: str
) -> None:
    is_refused(command("measure", *words, folder=project), complaint)


def test_an_option_on_payrolls_is_refused_where_functions_are_explained(
    command: Command, project: Path
) -> None:
    for option in ("--entries 5", "--profile distinct", "--repetition 2", "--components 1"):
        done = command("explain", "shop.repo:lean", *option.split(), folder=project)
        is_refused(done, f"{option.split()[0]} is for strategies")


def test_functions_are_held_against_a_baseline(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which does not have the password of its set-up, and asks for it."""
    (tmp_path / "growing.py").write_text(GROWING)
    setup = ("--setup", "password = 'hunter4'")
    words = ("measure", "growing:one", "growing:other", *TRACED, *setup, "--save", "base.jsonl")
    assert command(*words, folder=tmp_path).returncode == 0
    check = ("check", "--baseline", "base.jsonl")
    complaint = "the baseline does not have the password in the call or set-up of growing:one"
    is_refused(command(*check, folder=tmp_path), complaint)
    monkeypatch.setenv("SIZE", "200")
    done = command(*check, *setup, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "FAILED: 1 of 2 " in done.stdout
    allowed = ("--fail-on", "growing:other=traced_peak:200%")
    done = command(*check, *setup, "growing:other", *allowed, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
