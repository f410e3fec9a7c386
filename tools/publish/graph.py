"""Which package of ours imports which, read from the source."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from callmeter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OF_PARTS = "harness"
"""The package whose packages are shown one by one; the others are small, and a node each."""
NONE = ""
"""What a module of OF_PARTS is of that is in none of its packages."""


def mermaid(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the lines of the graph of these packages, `a --> b` for "a imports b".

    What follows from other arrows is left out. Raises UsageError if imports go round in a circle.
    """
    graph = imports(folders)
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise UsageError(f"packages import each other: {' -> '.join(error.args[1])}") from error
    reached: dict[str, set[str]] = {}
    for name in order:
        reached[name] = {*graph[name]}.union(*(reached[other] for other in graph[name]))
    outer = {folder.name for folder in folders} - {OF_PARTS}
    inside: list[str] = []
    across: list[str] = []
    for name in reversed(order):
        for other in graph[name]:
            if not any(other in reached[between] for between in graph[name]):
                group = across if {name, other} & outer else inside
                group.append(f"    {name} --> {other}")
    inside = [f"    {line}" for line in inside]
    return ("graph LR", f"    subgraph {OF_PARTS}", *inside, "    end", *across)


def imports(folders: Sequence[Path]) -> dict[str, list[str]]:
    """Return the packages that each package imports anywhere in it, itself left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        for path in folder.rglob("*.py"):
            below = path.parent.relative_to(folder).parts
            found[_node((folder.name, *below))] |= {
                _node(name.split(".")) for name in _modules(path)
            }
    known = found.keys() - {NONE}
    return {name: sorted((found[name] & known) - {name}) for name in sorted(known)}


def _node(parts: Sequence[str]) -> str:
    """Return the package that a module is of."""
    return parts[0] if parts[0] != OF_PARTS else parts[1] if len(parts) > 1 else NONE


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
