"""What each strategy says of itself, read from its file: nothing of it is imported.

What a strategy imports, as Arrow does, is the measured process's, and may cost a hundred megabytes.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

import strategies
from harness.payroll.loading import EXTRAS, Strategy, load, names, no_strategy
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Collection
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Description(NamedTuple):
    """What a strategy says of itself: its label, the traits it offers, whether it streams.

    `offers` is None if it does not say what it gives up; `missing` is the extra that brings a
    package which it needs and which is not installed, None if there is none.
    """

    label: str
    offers: list[str] | None
    streams: bool
    missing: str | None


@cache
def describe(name: str) -> Description:
    """Return what a strategy says of itself.

    One of `strategies` is read, a file elsewhere imported. Raises StrategyError.
    """
    if name.endswith(".py"):
        strategy = load(name)
        has_stream = hasattr(strategy, "iter_premiums_for_payroll")
        return Description(label(strategy), offers(strategy), has_stream, None)
    if name not in names():
        raise no_strategy(name)
    tree = ast.parse(_file_of(name).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, FUNCTIONS)}
    streams = "iter_premiums_for_payroll" in functions
    gives_up = next((_literal(node) for node in tree.body if _declares(node, "GIVES_UP")), None)
    docstring = ast.get_docstring(tree) or ""
    return Description(
        docstring.partition("\n")[0].rstrip("."),
        None if gives_up is None else _offered(gives_up, has_stream=streams),
        streams,
        missing_extra(name),
    )


def streaming() -> list[str]:
    """Return the names of the strategies that offer a stream beside the list."""
    return [name for name in names() if describe(name).streams and not describe(name).missing]


def missing_extra(module: str) -> str | None:
    """Return the extra that brings what a module of `strategies` needs; None if it is there."""
    return next((EXTRAS[top] for top in _imports(module) if _is_missing(top)), None)


def offers(strategy: Strategy) -> list[str] | None:
    """Return the traits that the strategy offers; None if it does not say what it gives up."""
    gives_up = getattr(strategy, "GIVES_UP", None)
    if gives_up is None:
        return None
    return _offered(gives_up, has_stream=hasattr(strategy, "iter_premiums_for_payroll"))


def label(strategy: Strategy) -> str:
    """Return the strategy's label: the first line of its docstring, without the full stop."""
    return (strategy.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _offered(gives_up: Collection[str], *, has_stream: bool) -> list[str]:
    return [
        trait for trait in TRAITS if trait not in gives_up and (trait != "stream" or has_stream)
    ]


def _file_of(name: str) -> Path:
    """Return the file of a module of `strategies`, as `slotted` or `support.slots`."""
    return Path(str(strategies.__file__)).parent.joinpath(*name.split(".")).with_suffix(".py")


def _declares(node: ast.stmt, name: str) -> TypeGuard[ast.Assign]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _literal(node: ast.Assign) -> set[str]:
    """Return the set that is written as `frozenset({...})`."""
    arguments = node.value.args if isinstance(node.value, ast.Call) else [node.value]
    return set(ast.literal_eval(arguments[0])) if arguments else set()


def _imports(name: str) -> list[str]:
    """Return the packages that a strategy's module imports, itself or by its support."""
    found: dict[str, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        for node in ast.walk(ast.parse(_file_of(waiting.pop()).read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top, _, rest in (module.partition(".") for module in modules):
                if top == strategies.__name__ and rest not in seen and _file_of(rest).exists():
                    seen.add(rest)
                    waiting.append(rest)
                found[top] = None
    return list(found)


def _is_missing(package: str) -> bool:
    if package not in EXTRAS or package in sys.modules:
        return False
    try:
        return importlib.util.find_spec(package) is None
    except ModuleNotFoundError:  # as a finder says that blocks it
        return True
