"""What a strategy costs in code: the lines a team would copy, and the packages they need."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import strategies

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(strategies.__file__).parent
THE_TEAMS_OWN = frozenset({"contract", "schema", "traits"})
"""Modules that a team has already, or has no use for."""
GIVEN = frozenset({"sqlalchemy", "psycopg"})
NOT_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)


class Footprint(NamedTuple):
    """Lines of code, of a strategy's own file and with the modules it is made with; packages."""

    own_lines: int
    all_lines: int
    packages: tuple[str, ...]


def footprint(name: str) -> Footprint:
    """Give the footprint of the strategy of that name; packages beside SQLAlchemy and psycopg."""
    sources = {name: _source(name)}
    waiting = [name]
    packages: set[str] = set()
    while waiting:
        for module in _imported(sources[waiting.pop()]):
            top, _, rest = module.partition(".")
            if top == "strategies" and rest not in {*sources, *THE_TEAMS_OWN, ""}:
                sources[rest] = _source(rest)
                waiting.append(rest)
            elif top not in {"strategies", *GIVEN, *sys.stdlib_module_names}:
                packages.add(top)
    lines = {each: code_lines(source) for each, source in sources.items()}
    return Footprint(lines[name], sum(lines.values()), tuple(sorted(packages)))


def code_lines(source: str) -> int:
    """Count the lines that hold code: no blank ones, comments or docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = (token for token in tokens if token.type not in NOT_CODE)
    lines = {line for token in code for line in range(token.start[0], token.end[0] + 1)}
    return len(lines - set(_docstring_lines(ast.parse(source))))


def _docstring_lines(tree: ast.AST) -> Iterator[int]:
    """Give the lines of all strings that are statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _source(module: str) -> str:
    return (FOLDER / f"{module}.py").read_text(encoding="utf-8")
