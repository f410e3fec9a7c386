"""The words of a command line: what is wrong is one clear line, and a help is one screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callmeter import discovery
from callmeter.errors import UsageError
from harness import cli
from harness.cli import _measuring, _output, _progress
from harness.cli import _readers as readers
from support import ROOT, is_refused

if TYPE_CHECKING:
    from support import Command

COMMANDS = discovery.names(cli)
WORDS = re.compile("Invalid|No such|Input should|Missing|usage:")
"""Those of libraries that read command lines."""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("compare --entries 0", "--entries 0 is not between 1 and 1,000,000,000"),
        (
            "compare --entries -1",
            "--entries '-1' is no whole number; write it as 10000, 10,000 or 1e4",
        ),
        ("compare --entries x", "'x' is no whole number; write it as 10000, 10,000 or 1e4"),
        ("compare --entries 10.000", "did you mean 10,000?"),
        ("compare --entries", "--entries needs a value: Entries of the payroll"),
        ("compare --sizes 10,x", "--sizes 'x' is no whole number"),
        ("compare --repeat 0", "--repeat 0 is not between 1 and 1,000"),
        ("compare --timeout 0", "--timeout 0 is not between 1 and 604,800 seconds"),
        ("compare --profile nope", "no profile 'nope'; there are: realistic, distinct"),
        ("compare --sort peek", "did you mean peak?"),
        ("compare --meter clok", "did you mean clock?"),
        ("compare --memory-limit 4parsecs", "'4parsecs' is not a number and a unit, as 256MB"),
        ("compare --entrie 5", "there is no option '--entrie'; did you mean --entries?"),
        ("compare --wide=1", "--wide takes no value"),
        ("compare core_row", "no strategy 'core_row'; did you mean core_rows?"),
        ("compare full_orm --consume fold", "full_orm: it offers no iter_premiums_for_payroll"),
        ("compare full_orm --driver asyncpg", "full_orm does not work with asyncpg"),
        ("compare --driver psycopg4", "no driver 'psycopg4'; did you mean psycopg?"),
        ("compare --explain --consume fold", "--explain is of lists"),
        ("compare postgresql://me:secret@localhost/x", "a URL goes behind --dsn"),
        ("compare --dsn postgresql://nobody:secret@127.0.0.1:1/x", "Postgres at 127.0.0.1:1/x: "),
        ("compare --dsn postgresql:/nobody:secret@x", "the --dsn is not one that libpq reads"),
        ("compare --output /nowhere/a.md", "/nowhere/a.md cannot be written: No such file"),
        ("compare --save /nowhere/run.jsonl", "cannot be written"),
        ("compare slotted --python /nowhere/python", "--python /nowhere/python is no program"),
        ("compare slotted --python /bin/true", "does not answer as a Python does"),
        ("check", "--baseline RUN is missing: The saved run to hold the strategies against"),
        ("explain", "STRATEGY is missing"),
        ("explain a b --flamegraph x.html", "--flamegraph draws one strategy; name only one"),
        ("diff a", "B is missing: The saved run that is compared"),
        ("diff a b c", "nothing is expected where 'c' is"),
        ("choose --entries 5 --memory 1MB --need mutible", "did you mean mutable?"),
        ("choose --entries 5", "--container SIZE or --memory SIZE is missing"),
        ("choose --entries 5 --memory 1MB --container 2MB", "--container or --memory, not both"),
        ("choose --entries 5 --memory 1MB --base 2MB", "--base needs --container"),
        ("choose --entries 5 --memory 1MB --at-once 2", "--at-once needs --container"),
        ("choose --entries 5 --container 1MB --metric peak", "is judged by rss_peak; leave out"),
        ("choose --entries 5 --container 1MB --base measure", "--base 'measure' is not a number"),
        ("choose --entries 5 --container 1MB --at-once 0", "--at-once 0 is not between 1 and 256"),
        ("choose --entries 5 --memory 1MB --metric rss", "there are: peak, traced_peak, rss_peak"),
        ("measure shop", "the target 'shop' is not package.module:function"),
        ("comprae", "there is no command 'comprae'; did you mean compare?"),
        ("--versoin", "did you mean --version?"),
    ],
)
def test_bad_input_is_one_clear_line_of_ours(
    command: Command, tmp_path: Path, arguments: str, complaint: str
) -> None:
    done = command(*arguments.split(), folder=tmp_path)
    is_refused(done, complaint)
    assert "secret" not in done.stderr
    assert not WORDS.search(done.stderr.replace("No such file", ""))


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *dict.fromkeys(("10000", "10,000", "10_000", "1e4"), 10_000).items(),
        *dict.fromkeys(("", " ", "1,00", "0x10", "\u0663", "9" * 5_000, "1e999", "nan")).items(),
    ],
)
def test_a_count_is_written_as_people_write_it(word: str, number: int | None) -> None:
    if number:
        assert readers.count()(word, "--entries") == number
    else:
        with pytest.raises(UsageError, match=r"--entries .*(whole number|between)"):
            readers.count()(word, "--entries")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_a_help_is_one_screen_examples_first(command: Command, tmp_path: Path, name: str) -> None:
    lines = command(*name.split(), "--help", folder=tmp_path).stdout.splitlines()
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 80
    example = lines.index(next(line for line in lines if line.startswith("  python -m harness ")))
    options = [nth for nth, line in enumerate(lines) if line.startswith("  --")]
    assert all(example < nth for nth in options)
    whole = command(*name.split(), "--help-all", folder=tmp_path).stdout.splitlines()
    assert max(map(len, whole)) <= 80


def test_no_help_imports_what_only_a_run_needs() -> None:
    code = (
        f"import sys\nfrom harness.cli import main\nfor name in {COMMANDS}:\n"
        "    sys.argv = ['harness', name, '--help']\n"
        "    try: main()\n"
        "    except SystemExit: print(name, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = {name: {*modules} for name, *modules in map(str.split, done.stderr.splitlines())}
    assert [*found] == COMMANDS
    for name, modules in found.items():
        assert not {"sqlalchemy", "psycopg", "altair", "memray"} & modules, name


def test_version(command: Command, tmp_path: Path) -> None:
    done = command("--version", folder=tmp_path)
    assert re.fullmatch(r"mapping-strategies \d+\.\d+\.\d+\S*\n", done.stdout)


def test_the_command_that_repeats_a_run_has_nothing_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Path.cwd()
    words = [
        *("check", f"--baseline={here}/a.jsonl", f"{here}/own.py", f"{here}/a.py:f(1)"),
        *("--explain", "--repeat", "2"),
    ]
    private = ["--dsn", "postgresql://me:secret@host/x", "--save=/tmp/run.jsonl", "--output", "y"]
    private += ["--cluster", "tcp://host:8786", "--python", "3.12", "--python=/opt/bin/python"]
    monkeypatch.setattr(sys, "argv", ["harness", *words, *private])
    expected = (
        "python -m harness check --baseline=a.jsonl own.py 'a.py:f(1)' --explain --repeat 2 "
        "--python 3.12 --python PYTHON"
    )
    assert _measuring.command() == expected


def test_an_ascii_terminal_has_dashes_and_bars_of_its_own() -> None:
    assert _output.as_encoded("a \u2013 b\u2026 \u2588\u2588 3\u00d7", "ascii") == "a - b... ## 3x"
    assert _output.as_encoded("\u00e9", "ascii") == "\\xe9"
    assert _output.as_encoded("\u2013\u00e9", "utf-8") == "\u2013\u00e9"


def test_columns_are_the_terminals_or_those_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "123")
    assert _output.columns() == 123
    for nothing in ("", "0", "wide"):
        monkeypatch.setenv("COLUMNS", nothing)
        assert _output.columns() == 80
    monkeypatch.delenv("COLUMNS")
    assert (_output.columns(), _output.columns(otherwise=999)) == (80, 999)


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    """As `| head -1` is: the page is larger than what a pipe holds."""
    page = (sys.executable, "-m", "harness", "report", "--format", "html")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(page, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        assert done.stdout.readline() == b"<!DOCTYPE html>\n"
        done.stdout.close()
        assert done.stderr.read() in (b"", b"writing the html ...\n")
    assert done.returncode == 0


def test_nothing_is_shown_before_there_is_anything_to_show(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SECONDS_SILENT", "SECONDS_BETWEEN_LINES"):
        monkeypatch.setattr(_progress, name, 0.01)
    with _progress.listening() as listener:
        time.sleep(0.1)
        assert capsys.readouterr().err == ""
        listener["progress"]("measuring", 0, 12)
        while not (shown := capsys.readouterr().err):
            time.sleep(0.01)
    assert shown.startswith("measuring; 12 to measure\n")


def test_a_run_shows_how_far_it_is() -> None:
    state = _progress.State()
    state.update("measuring", 0, 12)
    assert state.line() == "measuring; 12 to measure"
    state.update("slotted, allocator", 3, 12)
    left = r"3 of 12 measured, about \d+ s left: slotted, allocator"
    assert re.fullmatch(left, state.line())
    state.update("slotted, rss", 12, 12)
    assert state.line() == "12 of 12 measured: slotted, rss"
