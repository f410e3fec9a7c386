"""Command lines of every kind, made from the application's own commands and options.

They are run in this process, thousands a minute, as `main` runs them. What would start a Postgres
or a measurement is cut off at that door, with the error of a server that does not answer: what is
tried is what comes before it. Commands that measure nothing do all their work.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import typer.main
from hypothesis import strategies as st

import strategies
from callmeter import discovery, meters, self_check
from harness import cli
from harness.base.errors import INTERRUPTED, DatabaseError
from harness.cli import _measuring
from harness.payroll.generator import Profile
from harness.report import choices, diffs, reports
from harness.report.reports._content import SORT_KEYS
from harness.runner import scheduler as measure
from harness.runner.plan import Consume
from runs import made_run
from strategies.traits import TRAITS
from support import PLANTED, ROOT, saved
from trust._damaged import ORIGINAL
from trust._texts import budgets, limits, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CUT = "cut off here: no server, and nothing is measured"
WRITTEN = {"--output", "--save", "--flamegraph"}
"""Options whose value is a file to make: never one of this machine's own."""
PICTURES = {"html", "svg"}
TEXT = st.text(st.characters(exclude_characters="\0/", exclude_categories=()), max_size=12)
NUMBERS = (
    *("0", "1", "-1", "7", "1000", "10**9", "1e3", "1e99", "nan", "inf", "-inf", "0x10", "1_000"),
    *("9" * 20, "9" * 5000, "1.5", "+5", " 5 ", "\N{ARABIC-INDIC DIGIT THREE}", "1000,10000"),
)
ODD = (
    *("", " ", "-", "--", "-x", "--nonsense", "--outpu", "--format=", "--=", "=", "\udcff", "%s%n"),
    *("\n", "\r\n", "\x1b[2J", "\x7f", "\u202e", "{}", "{0.__class__}", "$(id)", "`id`", "'", '"'),
    *("x" * 100_000, "[red]", "<script>", "../..", "~", "*", "@run.jsonl", "\ud800", "é" * 300),
)
PATHS = (
    *("run.jsonl", "./run.jsonl", "run.jsonl/", "cut.jsonl", "damaged.jsonl", "folder", "missing"),
    *("loop", "link.jsonl", "hostile.jsonl", "empty", "%s{}.jsonl", "own.py", "broken.py", "pipe"),
    *("missing/x", "../run.jsonl", "folder/../run.jsonl", "/proc/self/mem", "/proc/self/fd/0", "/"),
    *("\udcff.jsonl", "x" * 300, "two\nlines.jsonl"),
)
WORDS = {
    "form": [discovery.names(each) for each in (reports, diffs, choices)],
    "sort": [SORT_KEYS],
    "meter": [discovery.names(meters), ["all"]],
    "profile": [Profile],
    "consume": [list(Consume)],
    "need": [TRAITS],
    "names": [strategies.names(), ["floor", "own.py", "broken.py", "full_orn", "run.jsonl:read"]],
    "python": [[sys.executable, "folder", "own.py", "/bin/true", "/nowhere/python"]],
    "dsn": [["postgresql://me:secret@127.0.0.1:1/x", "host=127.0.0.1 port=1", "mysql://x", "x"]],
}
"""What fits an option, by the name of its parameter; any other is given whatever there is."""
FITTING = {name: [str(word) for words in found for word in words] for name, found in WORDS.items()}
TEXTS = {
    **dict.fromkeys(("memory", "time"), budgets()),
    "fail_on": limits(),
    **dict.fromkeys(("texts", "setup"), targets()),
}


class Done(NamedTuple):
    """What a command line came to."""

    code: Any
    out: str
    err: str


@cache
def application() -> Any:
    """The application as it is parsed by: made once, which takes longer than most inputs."""
    return typer.main.get_command(cli._app())


def commands() -> dict[str, Any]:
    """Its commands, each with its parameters."""
    found: dict[str, Any] = application().commands
    return found


def values(name: str, *, is_written: bool) -> st.SearchStrategy[str]:
    """What may stand for a parameter: mostly what fits it, and anything else."""
    if is_written:
        return st.sampled_from(("out/new", "out/new", "out/new", "run.jsonl", "pipe", *PATHS, ""))
    words = st.sampled_from(FITTING.get(name, (*PATHS, *NUMBERS)))
    fitting = TEXTS.get(name, words)
    paths = st.sampled_from(PATHS if "path" in name or name in {"first", "second"} else NUMBERS)
    return st.one_of(fitting, fitting, paths, st.sampled_from((*NUMBERS, *PATHS, *ODD)), TEXT)


@st.composite
def pieces(draw: st.DrawFn, parameter: Any) -> list[str]:
    """The words of one parameter: an option with its value, without it, or a bare value."""
    value = values(parameter.name, is_written=bool(WRITTEN & set(parameter.opts)))
    if parameter.opts == [parameter.name]:
        return [draw(value)]
    option = draw(st.sampled_from((*parameter.opts, *parameter.secondary_opts)))
    if parameter.is_flag:
        return [option]
    shape = draw(st.integers(0, 19))
    if shape == 0 and not WRITTEN & set(parameter.opts):  # the next word would be the file
        return [option]
    said = draw(value)
    return [f"{option}={said}"] if shape < 6 else [option, said]


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command line: mostly of a command and what it takes, in any order."""
    if not draw(st.integers(0, 40)):
        words = st.one_of(st.sampled_from((*ODD, *NUMBERS, *commands(), "--help")), TEXT)
        return draw(st.lists(words, max_size=4))
    name = draw(st.sampled_from(sorted(commands())))
    parameters = [each for each in commands()[name].params if each.name != "help"]
    wanted = [each for each in parameters if each.required and draw(st.integers(0, 19))]
    if parameters:
        wanted += draw(st.lists(st.sampled_from(parameters), max_size=4))
    found = [draw(pieces(each)) for each in wanted]
    if not draw(st.integers(0, 30)):
        found.append([draw(st.sampled_from(("--help", "--", *ODD)))])
    return [name, *(word for piece in draw(st.permutations(found)) for word in piece)]


def pictures() -> st.SearchStrategy[list[str]]:
    """Command lines that may have Vega draw."""
    words = st.sampled_from(
        ("--sort=time", "--scale-to=1000000000", "--output=out/new", "run.jsonl")
    )
    form = st.sampled_from(sorted(PICTURES)).map("--format={}".format)
    return st.tuples(st.just("report"), st.sampled_from(PATHS), form, words).map(list)


def draws_a_picture(words: Sequence[str]) -> bool:
    """Whether it may have Vega draw, which takes seconds."""
    return any(word in PICTURES or word.partition("=")[2] in PICTURES for word in words)


def can_be_given(word: str) -> bool:
    """Whether it is one that a system could give to a process: bytes, as Python reads them."""
    try:
        return "\0" not in word and os.fsdecode(os.fsencode(word)) == word
    except UnicodeEncodeError:
        return False


def furnish(folder: Path) -> None:
    """Put into the folder what PATHS names."""
    whole = b"\n".join(ORIGINAL) + b"\n"
    for name in ("run.jsonl", "%s{}.jsonl", "\udcff.jsonl", "two\nlines.jsonl"):
        (folder / name).write_bytes(whole)
    (folder / "cut.jsonl").write_bytes(whole[: len(whole) // 2])
    (folder / "damaged.jsonl").write_bytes(whole.replace(b'"peak_bytes":', b'"peak_bytes":-'))
    saved(
        made_run(strategies=("floor", "full_orm", "own.py", "/nowhere/x.py")),
        folder / "hostile.jsonl",
    )
    (folder / "empty").touch()
    (folder / "folder").mkdir()
    (folder / "out").mkdir()
    (folder / "link.jsonl").symlink_to("run.jsonl")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    (folder / "own.py").write_bytes((ROOT / "strategies" / "slotted.py").read_bytes())
    (folder / "broken.py").write_bytes((PLANTED / "exits.py").read_bytes())


@contextmanager
def cut_off() -> Iterator[None]:
    """Let nothing start a server or measure."""

    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError(CUT)

    with (
        patch.object(_measuring, "open_database", refuse),
        patch.object(_measuring, "_place", refuse),  # a cluster
        patch.dict(os.environ, {"XDG_CACHE_HOME": str(Path("results/cache").absolute())}),
        patch.object(measure, "run", refuse),
        patch.object(self_check, "readings", refuse),
    ):
        yield


def run(words: Sequence[str]) -> Done:
    """Run the command line here, as a process of its own would."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    before: dict[int, Any] = {
        each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)
    }
    code: object = "it did not end the process"
    made = application()
    try:
        with (
            cut_off(),
            patch.object(typer.main, "get_command", lambda _: made),
            patch.object(sys, "argv", ["harness", *words]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            cli.main()
    except SystemExit as end:
        code = end.code
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Done(code, *said)


def files(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What is in the folder, and when it was last changed."""
    found = {}
    for at, folders, names in os.walk(folder):
        for name in (*folders, *names):
            status = os.lstat(os.path.join(at, name))  # noqa: PTH118
            changed = 0 if name in folders else status.st_mtime_ns
            found[os.path.relpath(os.path.join(at, name), folder)] = (  # noqa: PTH118
                status.st_mode,
                status.st_size if changed else 0,
                changed,
            )
    return found


def check(words: Sequence[str], folder: Path) -> Done:
    """It ends with 0, 1 or 2, with 2 in one clear line, and changes no file but what it names."""
    before = files(folder)
    with chdir(folder):
        done = run(words)
    check_words(words, done)
    after = files(folder)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    named = {word.partition("=")[2] if word.startswith("--") else word for word in words}
    named = {os.path.normpath(word) for word in named}
    assert all(name in named or name.startswith("results") for name in changed), changed
    for name in changed & {"out/new"}:
        (folder / name).unlink()
    return done


def check_words(words: Sequence[str], done: Done) -> None:
    """It ended as it may end."""
    if done.code == INTERRUPTED:  # it is us who are
        raise KeyboardInterrupt
    assert done.code in (0, 1, 2), done
    assert "Traceback" not in done.err
    assert done.err == "" or done.err.endswith("\n")
    lines = done.err.split("\n")[:-1]
    assert all(line.isprintable() for line in lines), done.err
    errors = [line for line in lines if line.startswith("error: ")]
    if done.code == 2 and (words or errors):
        assert errors == lines[-1:], done
        assert done.out == "", done
        assert "secret" not in done.err
    elif done.code != 2:
        assert not errors, done
