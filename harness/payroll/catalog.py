"""What each strategy says of itself, read from its file: nothing of it is imported.

What a strategy imports, as Arrow does, is the measured process's, and may cost a hundred megabytes.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import strategies
from harness.payroll import drivers, loading
from harness.payroll.loading import EXTRAS, Strategy, load, names, no_strategy
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Description(NamedTuple):
    """What a strategy says of itself: its label, the traits it offers, whether it streams.

    `offers` is None if it does not say what it gives up; `missing` is the extra that brings a
    package which it needs and which is not installed, None if there is none. `is_async` is whether
    it is awaited; `driver`, the one that it is written for.
    """

    label: str
    offers: list[str] | None
    streams: bool
    missing: str | None
    is_async: bool = False
    driver: str = drivers.SYNC[0]

    def works_with(self, driver: str) -> bool:
        """Whether the strategy works with that driver, as far as it says."""
        if driver == self.driver:
            return True
        is_any = self.offers is None or "any-driver" in self.offers
        return is_any and driver in drivers.of_kind(is_async=self.is_async)


@cache
def describe(name: str) -> Description:
    """Return what a strategy says of itself.

    One of `strategies` is read, a file elsewhere imported. Raises StrategyError.
    """
    if name.endswith(".py"):
        strategy = load(name)
        has_stream = hasattr(strategy, "iter_premiums_for_payroll")
        awaits, driver = loading.is_async(strategy), loading.driver(strategy)
        missing = missing_driver(driver, is_async=awaits)
        return Description(label(strategy), offers(strategy), has_stream, missing, awaits, driver)
    if name not in names():
        raise no_strategy(name)
    tree = ast.parse(_file_of(name).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, FUNCTIONS)}
    streams = "iter_premiums_for_payroll" in functions
    awaits = isinstance(functions["get_premiums_for_payroll"], ast.AsyncFunctionDef)
    constants = dict(chain.from_iterable(map(_constants, tree.body)))
    gives_up = _literal(constants["GIVES_UP"]) if "GIVES_UP" in constants else None
    by_default = ast.Constant(drivers.of_kind(is_async=awaits)[0])
    driver = ast.literal_eval(constants.get("DRIVER", by_default))
    docstring = ast.get_docstring(tree) or ""
    return Description(
        docstring.partition("\n")[0].rstrip("."),
        None if gives_up is None else _offered(gives_up, has_stream=streams),
        streams,
        missing_extra(name) or missing_driver(driver, is_async=awaits),
        awaits,
        driver,
    )


def streaming() -> list[str]:
    """Return the names of the strategies that offer a stream beside the list."""
    return [name for name in names() if describe(name).streams and not describe(name).missing]


def missing_extra(module: str) -> str | None:
    """Return the extra that brings what a module of `strategies` needs; None if it is there."""
    return next((EXTRAS[top] for top in _imports(module) if _is_missing(top)), None)


def missing_driver(driver: str, *, is_async: bool = False) -> str | None:
    """Return the extra that brings the driver, and what awaits it; None if they are there."""
    needed = (driver, "greenlet") if is_async else (driver,)
    return next((EXTRAS[name] for name in needed if _is_missing(name)), None)


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


def _constants(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a statement assigns to, and its value."""
    if isinstance(node, ast.Assign):
        targets = (target.id for target in node.targets if isinstance(target, ast.Name))
        yield from ((target, node.value) for target in targets)


def _literal(value: ast.expr) -> set[str]:
    """Return the set that is written as `frozenset({...})`."""
    arguments = value.args if isinstance(value, ast.Call) else [value]
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
