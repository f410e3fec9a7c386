"""Odd circumstances of a run: names, folders, streams, variables, Python's options, its user."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from stress.runs import (
    EARLIER,
    STAGES,
    check,
    chosen,
    compare,
    ended,
    held,
    temporary_place,
    whole_lines,
)
from stress.shortage import read_only
from stress.users import only_root
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stress.runs import Place

ASCII = {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "no HOME, no PATH, one column, umask 077, standard input closed": {
        "variables": {"HOME": None, "PATH": None, "TERM": "dumb", "COLUMNS": "1"},
        "prepare": lambda: (os.umask(0o077), os.close(0)),
    },
    "no such HOME, no such TMPDIR, standard error closed": {
        "variables": {"HOME": "/none", "TMPDIR": "/none"},
        "prepare": lambda: os.close(2),
    },
    "ASCII, a table": {"variables": ASCII},
    "ASCII, HTML": {"variables": ASCII, "words": ["--format", "html"]},
    "python -O -P -B -u, folders that are markup": {
        "python": ["-O", "-P", "-B", "-u"],
        "name": "-x;$(id) {braces} [bold]",
    },
    "python -X dev -W error": {"python": ["-X", "dev", "-W", "error"]},
    "python -OO": {"python": ["-OO"], "code": 2},
    "folders in another script, quoted": {"name": 'it\'s "50%s" ünï-日本'},
    "folders of two lines": {"name": "two\nlines"},
    "folders too deep for a socket": {"name": "/".join(["very-deep-folder"] * 8)},
    "umask 777": {"prepare": lambda: os.umask(0o777)},
    "standard output closed": {"prepare": lambda: os.close(1), "code": 2},
    "standard output full": {"prepare": lambda: _on_a_full_disk(1), "code": 2},
    "standard error full": {"prepare": lambda: _on_a_full_disk(2)},
}


@pytest.mark.parametrize("circumstances", CIRCUMSTANCES.values(), ids=CIRCUMSTANCES)
def test_a_run_under(circumstances: dict[str, Any]) -> None:
    run_under(**circumstances)


def run_under(
    *,
    variables: dict[str, str | None] | None = None,
    python: Sequence[str] = (),
    words: Sequence[str] = (),
    name: str = "place",
    prepare: Callable[[], object] | None = None,
    code: int = 0,
) -> None:
    with temporary_place(name) as place:
        wanted = place.environment | (variables or {})
        known = {key: value for key, value in wanted.items() if value is not None}
        check(compare(place, *words, python=python, preexec_fn=prepare, env=known), {code})


def _on_a_full_disk(stream: int) -> None:
    os.dup2(os.open("/dev/full", os.O_WRONLY), stream)


def test_a_second_run_does_not_replace_the_first(place: Place) -> None:
    first = compare(place)
    ended(first, {0})
    second = compare(place)
    second.written = whole_lines(first.file)
    check(second, {2})
    assert second.file.read_bytes() == second.written


@pytest.mark.parametrize("stage", chosen(STAGES, quickly=["seeding", "saving"]))
def test_the_working_folder_is_removed(place: Place, stage: str) -> None:
    with held(place, stage) as run:
        shutil.rmtree(place.work)
        run.end()
    place.work.mkdir()
    (place.work / "earlier.jsonl").write_bytes(EARLIER)
    run.written = b""  # removed with the folder
    check(run, {0, 1, 2})


@only_root
def test_a_checkout_that_cannot_be_written_to(place: Place) -> None:
    checkout = place.root / "checkout"
    checkout.mkdir()
    with read_only(ROOT, checkout):
        path = os.pathsep.join(map(str, (checkout, checkout / "tests")))
        check(compare(place, env=place.environment | {"PYTHONPATH": path}), {0})


@only_root
def test_a_folder_that_cannot_be_written_to(place: Place) -> None:
    with read_only(place.work, place.work):
        run = compare(place)
    check(run, {2})
    assert not run.file.exists()
