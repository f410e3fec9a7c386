"""List the strategies, each with its label, or with what it lacks."""

from __future__ import annotations

import strategies
from harness.base.printable import printable
from harness.cli._progress import show

EXAMPLES = "Example:  python -m harness list"


def run() -> int:
    """Print a line for each strategy."""
    names = strategies.names()
    width = max(map(len, names))
    for name in names:
        show(f"{name:{width}}  {printable(_label(name))}")
    return 0


def _label(name: str) -> str:
    described = strategies.describe(name)
    need = strategies.needs(described.missing) if described.missing else ""
    return f"{described.label} ({need})" if need else described.label
