"""List the strategies, each with its label, or with what it lacks."""

from __future__ import annotations

from harness.cli._output import show

EXAMPLES = ("list",)


def run() -> int:
    """Print a line for each strategy."""
    from harness.payroll import loading

    names = loading.names()
    width = max(map(len, names))
    for name in names:
        show(f"{name:{width}}  {_label(name)}")
    return 0


def _label(name: str) -> str:
    from harness.base.escape import printable
    from harness.payroll import catalog, loading

    described = catalog.describe(name)
    need = loading.needs(described.missing) if described.missing else ""
    return printable(f"{described.label} ({need})" if need else described.label)
