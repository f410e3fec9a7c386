"""Imports run one way."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

SOURCES = {"strategies": ROOT, "harness": ROOT, "callmeter": ROOT / "callmeter" / "src"}
"""The folders that our packages are in."""


def module_name(path: Path) -> str:
    root = next(root for name, root in SOURCES.items() if path.is_relative_to(root / name))
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


TOUCHES_THE_WORLD = {"os", "subprocess", "socket", "tempfile", "shutil", "psycopg", "sqlalchemy"}
FILES = sorted(path for name, root in SOURCES.items() for path in (root / name).glob("**/*.py"))
ROOMS = ("base", "payroll", "model", "stacks", "postgres", "runner", "analysis", "report", "cli")
"""The packages of the harness: each imports those to its left alone."""
OF_CALLMETER = [path for path in FILES if module_name(path).startswith("callmeter")]
EVERY_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path))


def imports(path: Path, *, at_once: bool = False) -> set[str]:
    """Every module that a file imports: wherever in it, or when it is imported itself."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _run_at_once(tree) if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _run_at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """What is run when a module is imported: no function's body, nothing for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _run_at_once(node)


def tops(modules: Iterable[str]) -> set[str]:
    """Their packages, without those of the standard library."""
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names


def allowed(path: Path, module: str) -> bool:
    top, *rest = module.split(".")
    package, *below = module_name(path).split(".")
    if package == "callmeter":
        return top not in {"harness", "strategies"}
    if package == "strategies":
        is_other_strategy = top == "strategies" and rest and rest[0] != "support"
        return top not in {"harness", "callmeter"} and not is_other_strategy
    if top == "harness" and rest and below and rest[0] in ROOMS and below[0] in ROOMS:
        return ROOMS.index(rest[0]) <= ROOMS.index(below[0])
    return True


def test_the_harness_is_its_rooms() -> None:
    """A newcomer sees them all, and nothing beside them."""
    found = {path.stem for path in (ROOT / "harness").iterdir() if path.name != "__pycache__"}
    assert found == {*ROOMS, "__init__", "__main__"}


@EVERY_FILE
def test_imports_run_one_way(path: Path) -> None:
    wrong = {module for module in imports(path) if not allowed(path, module)}
    assert not wrong


@pytest.mark.parametrize("path", OF_CALLMETER, ids=lambda path: module_name(path))
def test_callmeter_needs_no_other_package(path: Path) -> None:
    """Those in functions are there when the function is called; pytest, for its plugin."""
    is_plugin = "plugin" in module_name(path)
    known = {"callmeter", "memray", "psycopg", "typing_extensions", *(["pytest"] * is_plugin)}
    assert tops(imports(path)) <= known
    assert tops(imports(path, at_once=True)) <= {"callmeter", *(["pytest"] * is_plugin)}


def test_importing_callmeter_imports_the_standard_library_alone() -> None:
    code = (
        "import sys; before = set(sys.modules); import callmeter; print(*{*sys.modules} - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert "callmeter" in imported
    assert tops(imported) == {"callmeter"}
    assert not {"callmeter.measurement", "callmeter.meters", "asyncio"} & {*imported}


def test_imports_make_no_circle() -> None:
    by_name = {module_name(path): path for path in FILES}
    graph = {name: ours(path, by_name.keys()) - {name} for name, path in by_name.items()}
    assert len(tuple(TopologicalSorter(graph).static_order())) == len(FILES)


def ours(path: Path, known: Collection[str]) -> set[str]:
    """The modules of ours that a file imports: of `from a import b`, a.b or else a."""
    either = ((name, name.rpartition(".")[0]) for name in imports(path))
    return {name if name in known else package for name, package in either} & {*known}


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if "Pure." in path.read_text(encoding="utf-8").partition("\n\n")[0]],
    ids=lambda path: module_name(path),
)
def test_what_is_pure_does_not_touch_the_world(path: Path) -> None:
    assert {
        name.partition(".")[0] for name in imports(path) - {"os.sep"}
    } & TOUCHES_THE_WORLD == set()
