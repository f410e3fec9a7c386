"""The experiment: strategies measured on a payroll, and the user's functions.

    run = harness.compare("slotted", "core_rows", entries=10_000)
    run = harness.measure("app.repo:read", "app.repo:read_lean", same=True)
    run = harness.explain("full_orm")

`python -m harness` is the same on the command line. Importing this package imports nothing else:
it is imported in every process that measures.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.runner.session import compare, explain, measure

__all__ = ["compare", "explain", "measure"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module("harness.runner.session"), name)
    return value
