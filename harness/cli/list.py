"""List the strategies, each with its label, or with what it lacks."""

from __future__ import annotations

from textwrap import fill

from harness.cli._output import columns, show

EXAMPLES = ("list",)
NARROWEST, ANY = 60, 10**6
"""Columns below which nothing is made to fit; those of a pipe, which has a line a strategy."""


def run() -> int:
    """Print a line for each strategy; on a terminal, as many as its label needs there."""
    from harness.payroll import loading

    names = loading.names()
    indent = max(map(len, names)) + 2
    width = max(columns(otherwise=ANY), NARROWEST)
    for name in names:
        line = f"{name:{indent}}{_label(name)}"
        show(fill(line, width, subsequent_indent=" " * indent, break_on_hyphens=False))
    return 0


def _label(name: str) -> str:
    from harness.base.escape import printable
    from harness.payroll import catalog, loading

    described = catalog.describe(name)
    need = loading.needs(described.missing) if described.missing else ""
    return printable(f"{described.label} ({need})" if need else described.label)
