"""Other systems than this one, as far as they can be shown here: what they lack is taken away."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING

import pytest

from support import ROOT, harness, is_refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import Command

MODULES = ("fcntl", "grp", "memray", "pwd", "resource", "termios")
NAMES = {
    "os": ("chown", "fork", "fwalk", "geteuid", "killpg", "register_at_fork", "sysconf"),
    "signal": ("SIGHUP", "SIGKILL"),
}
"""What Windows does not have of what is used here, of modules and of names in others."""
NO_UNIX = f"""
import importlib, sys
import subprocess  # which takes what this Python was made for from them
class NotThere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {MODULES}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, NotThere())
for name in {MODULES}:
    sys.modules.pop(name, None)
for module, names in {NAMES}.items():
    for name in names:
        delattr(importlib.import_module(module), name)
"""
CODE = ("callmeter/src", "harness", "strategies")
CHOICE = ("choose", "--entries", "10000", "--container", "512MB", "--at-once", "4")
REFERENCE = str(ROOT / "results" / "reference.jsonl")


@pytest.fixture
def path_without_unix(tmp_path: Path) -> str:
    """A PYTHONPATH by which Python has nothing that only Unix has."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(NO_UNIX, encoding="utf-8")
    return os.pathsep.join(map(str, (site, ROOT, ROOT / "callmeter" / "src")))


@pytest.mark.parametrize(
    "words",
    [
        ("report",),
        ("report", "--full", "--format", "html"),
        (*CHOICE, "--format", "adr"),
        ("diff", REFERENCE, REFERENCE),
        ("list",),
        ("compare", "--help-all"),
    ],
    ids=lambda words: words[0],
)
def test_without_what_unix_has_a_saved_run_is_read(
    command: Command, tmp_path: Path, path_without_unix: str, words: tuple[str, ...]
) -> None:
    done = harness(*words, folder=tmp_path, PYTHONPATH=path_without_unix)
    assert done.returncode == 0, done.stderr
    assert done.stdout == command(*words, folder=tmp_path).stdout


@pytest.mark.parametrize(
    "words",
    [
        *(("compare", "slotted"), ("explain", "slotted"), ("measure", "json:dumps(1)")),
        *(("selfcheck",), ("check", "--baseline", REFERENCE)),
    ],
    ids=lambda words: words[0],
)
def test_without_what_unix_has_measuring_is_refused_in_one_line(
    tmp_path: Path, path_without_unix: str, words: tuple[str, ...]
) -> None:
    done = harness(*words, folder=tmp_path, PYTHONPATH=path_without_unix)
    is_refused(done, "cannot start: this system cannot measure, which forks processes: use Linux")


def test_every_text_is_opened_in_an_encoding_that_is_named() -> None:
    """The default is the system's: of Windows, one of many."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in unnamed_encodings(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def unnamed_encodings(tree: ast.AST) -> Iterator[int]:
    """The lines of calls that open a text, or a process's, in the default encoding."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (call.lineno for call in calls if is_in_default_encoding(call))


def is_in_default_encoding(call: ast.Call) -> bool:
    function = ast.unparse(call.func)
    name = function.rpartition(".")[2]
    words = {keyword.arg for keyword in call.keywords}
    if name in ("run", "Popen"):
        return "text" in words
    if name in ("open", "fdopen") and function != "os.open":
        modes = [*call.args[:2], *(each.value for each in call.keywords if each.arg == "mode")]
        is_text = not any(re.search(r"'[rwax+]*b[rwax+]*'", ast.unparse(each)) for each in modes)
    else:
        is_text = name in ("read_text", "write_text")
    return is_text and "encoding" not in words


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("open(path)", True),
        ("path.open('rb')", False),
        ("path.open(mode='wb')", False),
        ("os.open(path, os.O_RDONLY)", False),
        ("path.read_text()", True),
        ("path.write_text(text, encoding='utf-8')", False),
        ("subprocess.run(words, text=True)", True),
        ("subprocess.run(words, encoding='utf-8')", False),
        ("table(rows, text=True)", False),
    ],
)
def test_a_text_in_the_default_encoding_is_found(code: str, is_found: bool) -> None:
    assert bool(list(unnamed_encodings(ast.parse(code)))) == is_found
