"""Imports run one way."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest
from support import ROOT

import strategies

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

TOUCHES_THE_WORLD = {"os", "subprocess", "socket", "tempfile", "shutil", "psycopg", "sqlalchemy"}
FILES = sorted([*ROOT.glob("strategies/*.py"), *ROOT.glob("harness/**/*.py")])


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def allowed(path: Path, module: str) -> bool:
    top, *rest = module.split(".")
    here = path.relative_to(ROOT).parts
    if here[0] == "strategies":
        is_other_strategy = top == "strategies" and rest and rest[0] not in strategies.SUPPORT
        return top != "harness" and not is_other_strategy
    if top == "harness" and rest[0] == "cli":
        return here[1] in {"cli", "__main__.py"}
    if here[1] == "meters":
        return top != "harness" or rest[0] in {"meters", "errors", "recording"}
    if here[1] in {"choices", "diffs", "reports"}:
        return top != "harness" or rest[0] != "meters"
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    wrong = {module for module in imports(path) if not allowed(path, module)}
    assert not wrong


def test_the_contract_is_standard_library_only() -> None:
    tree = ast.parse((ROOT / "strategies" / "contract.py").read_text(encoding="utf-8"))
    at_run_time = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in at_run_time}
    assert names <= {"__future__", "enum", "dataclasses", "typing"}


def test_imports_make_no_circle() -> None:
    by_name = {module_name(path): path for path in FILES}
    graph = {name: ours(path, by_name.keys()) - {name} for name, path in by_name.items()}
    assert len(tuple(TopologicalSorter(graph).static_order())) == len(FILES)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def ours(path: Path, known: Collection[str]) -> set[str]:
    """The modules of ours that a file imports: of `from a import b`, a.b or else a."""
    either = ((name, name.rpartition(".")[0]) for name in imports(path))
    return {name if name in known else package for name, package in either} & {*known}


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if "Pure." in path.read_text(encoding="utf-8").partition("\n\n")[0]],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_is_pure_does_not_touch_the_world(path: Path) -> None:
    assert {
        name.partition(".")[0] for name in imports(path) - {"os.sep"}
    } & TOUCHES_THE_WORLD == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 260


def test_dask_is_imported_for_a_cluster_only() -> None:
    for path in FILES:
        if path.name != "cluster.py":
            tops = {module.split(".")[0] for module in imports(path)}
            assert not tops & {"dask", "distributed"}, path
            at_once = (node for node in ast.parse(path.read_text(encoding="utf-8")).body)
            froms = [node.module for node in at_once if isinstance(node, ast.ImportFrom)]
            assert "harness.cluster" not in froms, path


@pytest.mark.parametrize("folder", ["harness", "harness/postgres", "strategies"])
def test_contributing_has_a_place_for_every_module(folder: str) -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = {path.name for path in (ROOT / folder).glob("*.py") if "__" not in path.name}
    modules -= {f"{name}.py" for name in strategies.names()}  # one a file, as it says
    assert {name for name in modules if name not in told} == set()
