"""The commands as their user meets them, on a real Postgres."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit
from harness.model.saved import read
from harness.payroll import catalog, loading, yardsticks
from harness.postgres.connection import connected
from harness.postgres.session import schemas
from support import PLANTED, as_dsn, harness, interrupted, is_refused

if TYPE_CHECKING:
    from sqlalchemy import URL

    from support import Command

SMALL = ("--entries", "20", "--components", "2", "--repeat", "1", "--meter", "tracemalloc")


def test_compare_answers_the_question(command: Command, tmp_path: Path) -> None:
    done = harness("compare", *SMALL, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    for name in loading.names():
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
    (line,) = [
        each for each in done.stderr.splitlines() if each.startswith("Which fits another limit? ")
    ]
    chosen = command(*line.partition("harness ")[2].split(), folder=tmp_path)
    assert chosen.returncode == 0, chosen.stderr
    recommended = chosen.stdout.partition("Recommended: ")[2].partition(",")[0]
    assert f"keep the ORM -> {recommended}:" in done.stdout


def test_a_broken_contract_is_exit_1_and_the_rest_is_measured(
    command: Command, tmp_path: Path, foreign: URL
) -> None:
    """So is what needs more than it may hold; the output goes to a file, and never over one."""
    names = ["wrong_data.py", *(["grows.py"] if memory_limit.IS_POSSIBLE else [])]
    for name in names:
        shutil.copy(PLANTED / name, tmp_path)
    limited = ("--memory-limit", "300MB") if memory_limit.IS_POSSIBLE else ()
    asked = ("compare", "slotted", *names, *SMALL, *limited, "--dsn", as_dsn(foreign))
    asked += ("--format", "json", "--output", "table.json", "--save", "run.jsonl")
    done = command(*asked, folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Which fits another limit?" not in done.stderr
    assert "Written: table.json (" in done.stderr
    found = json.loads((tmp_path / "table.json").read_text())["rows"]
    rows = {row["strategy"]: row for row in found}
    assert rows.keys() == {*yardsticks.names_for("hold"), "full_orm", "slotted", *names}
    assert "entry 1.components[0].amount" in rows["wrong_data.py"]["error"]
    assert rows["wrong_data.py"]["metrics"].get("traced_peak") is None
    assert rows["slotted"]["metrics"]["traced_peak"]["x_floor"] > 0
    if memory_limit.IS_POSSIBLE:
        assert "MemoryError (grows.py:5): it may hold 300 MB" in rows["grows.py"]["error"]
    is_refused(command(*asked, folder=tmp_path), "table.json exists; name another file, or add")


def test_explain_shows_where_the_bytes_are_and_draws_a_flame_graph(
    command: Command, tmp_path: Path, foreign: URL
) -> None:
    asked = ("explain", "slotted", "--entries", "20", "--flamegraph", "peak.html")
    done = command(*asked, "--dsn", as_dsn(foreign), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "slotted peaks at" in done.stdout
    assert "domain objects" in done.stdout
    assert "<html" in (tmp_path / "peak.html").read_text()[:1000]


def test_list_names_every_strategy_with_its_label(command: Command, tmp_path: Path) -> None:
    listed = command("list", folder=tmp_path).stdout
    names = [line.split()[0] for line in listed.splitlines() if not line.startswith(" ")]
    assert names == loading.names()
    text = " ".join(listed.split())  # a label may take several lines, where COLUMNS is set
    assert all(f"{name} {catalog.label(loading.load(name))}" in text for name in names)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_measured_survives(
    command: Command, tmp_path: Path, foreign: URL, how: signal.Signals
) -> None:
    """Stopped in the middle: the file holds what was measured, and the next run works."""
    path = tmp_path / "run.jsonl"
    at = ("--dsn", as_dsn(foreign))
    words = ("compare", str(PLANTED / "sleeps.py"), *SMALL, "--save", str(path), *at)
    stopped = interrupted(
        *words, folder=tmp_path, once=lambda: path.exists() and read(path).measurements, how=how
    )
    assert [each.cell.name for each in read(path).measurements] == ["full_orm"]
    if how == signal.SIGKILL:
        done = command("explain", "slotted", "--entries", "20", *at, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    else:
        assert stopped.returncode == 130
        last = stopped.stderr.splitlines()[-1]
        assert last == f"interrupted; what was measured is saved: {path}"
    with connected(foreign) as connection:
        assert schemas(connection, "") == []


def test_what_is_in_the_users_folder_is_no_part_of_the_harness(tmp_path: Path) -> None:
    (tmp_path / "strategies").mkdir()
    for name in ("strategies/__init__.py", "queue.py", "msgspec.py"):
        (tmp_path / name).write_text("raise RuntimeError('not yours')\n")
    done = harness("list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "full_orm" in done.stdout
    is_refused(harness("list", folder=tmp_path, PYTHONOPTIMIZE="2"), "use -O")


def test_a_file_that_needs_another_package_names_it(command: Command, tmp_path: Path) -> None:
    """One that no extra brings is the user's to install."""
    code = f"import not_there\n{(PLANTED / 'worse.py').read_text()}"
    (tmp_path / "needs_more.py").write_text(code)
    complaint = (
        "needs_more.py: it does not import: ModuleNotFoundError(\"No module named 'not_there'\")"
    )
    is_refused(command("compare", "needs_more.py", folder=tmp_path), complaint)
