"""The list of guarantees names tests that are there."""

from __future__ import annotations

import ast
import re

from support import ROOT

PAGE = ROOT / "docs" / "guarantees.md"
ROW = re.compile(r"^\| (?P<guarantee>[^|]+) \| (?P<tests>[^|]+) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_guarantee_names_a_test_that_is_there() -> None:
    rows = [row for row in ROW.finditer(PAGE.read_text(encoding="utf-8")) if "`" in row["tests"]]
    assert len(rows) > 50
    assert [row["tests"] for row in rows if NAMED.sub("", row["tests"]).strip(", ")] == []
    named = {found for row in rows for found in NAMED.findall(row["tests"])}
    assert sorted(f"{path}::{name}" for path, name in named if name not in functions_of(path)) == []


def functions_of(path: str) -> set[str]:
    """The functions at the top of a file of tests."""
    if not (ROOT / path).is_file():
        return set()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
