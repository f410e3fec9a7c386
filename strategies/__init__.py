"""The mapping strategies: one module a strategy, found by its file.

A strategy is a module with a docstring, whose first line is its label, and a function
`get_premiums_for_payroll(engine, payroll_id)`; one that can stream also offers
`iter_premiums_for_payroll(engine, payroll_id)`. `GIVES_UP` names the traits (`traits.py`) that
it lacks. A file that is not a strategy is named in `SUPPORT`; any other must follow these rules,
and is refused by name where it does not.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import sys
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeGuard, TypeVar, cast

from strategies.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from types import ModuleType

    from strategies.contract import GetPremiumsForPayroll, IterPremiumsForPayroll

T = TypeVar("T")

SUPPORT = frozenset(
    {
        "adbc",
        "contract",
        "packed_columns",
        "paused_gc",
        "schema",
        "shared_values",
        "slots",
        "traits",
    }
)
"""Modules of this package that are no strategy: what strategies are made with."""

EXTRAS = {"adbc_driver_manager": "arrow", "adbc_driver_postgresql": "arrow", "pyarrow": "arrow"}
"""Packages that few strategies need, and the extra of mapping-strategies that brings each."""


class StrategyError(Exception):
    """A strategy that is not there, or whose file does not follow the rules."""


class MissingPackageError(StrategyError):
    """What needs a package that is not installed, and the extra that brings it."""

    def __init__(self, name: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{name} {needs(extra)}")


def needs(extra: str) -> str:
    """Return how to get what an extra brings, as it stands behind a name."""
    return f"needs a package more: pip install 'mapping-strategies[{extra}]'"


class Strategy(Protocol):
    """What a strategy's module offers."""

    __name__: str
    get_premiums_for_payroll: GetPremiumsForPayroll


def names() -> list[str]:
    """Return the name of every strategy, in alphabetical order: the files of this package."""
    stems = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(stem for stem in stems if stem not in SUPPORT and not stem.startswith("_"))


def load(name: str) -> Strategy:
    """Import the strategy of that name, or the one in the file of that path (`my/way.py`).

    Raises StrategyError, naming the file and what is wrong with it.
    """
    module = _from_file(Path(name)) if name.endswith(".py") else _from_package(name)
    function = getattr(module, "get_premiums_for_payroll", None)
    if not callable(function):
        raise StrategyError(f"{name}: it has no function get_premiums_for_payroll")
    try:
        inspect.signature(function).bind("engine", "payroll_id")
    except TypeError as error:
        raise StrategyError(
            f"{name}: get_premiums_for_payroll must take (engine, payroll_id): {error}"
        ) from None
    if not (module.__doc__ or "").strip():
        raise StrategyError(f"{name}: it has no docstring; the first line is its label")
    gives_up: object = getattr(module, "GIVES_UP", frozenset())
    if not isinstance(gives_up, set | frozenset):
        raise StrategyError(f"{name}: GIVES_UP must be a set of traits, not {gives_up!r}")
    for trait in sorted(map(str, gives_up - TRAITS.keys())):
        raise StrategyError(f"{name}: GIVES_UP names {_unknown('trait', trait, TRAITS)}")
    return cast("Strategy", module)


def stream(strategy: Strategy) -> IterPremiumsForPayroll:
    """Return the strategy's `iter_premiums_for_payroll`; raises StrategyError if it has none."""
    function = getattr(strategy, "iter_premiums_for_payroll", None)
    if not callable(function):
        raise StrategyError(f"{strategy.__name__}: it offers no iter_premiums_for_payroll")
    return cast("IterPremiumsForPayroll", function)


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

    One of this package is read and not imported: what it imports, as Arrow does, is the measured
    process's, and costs a hundred megabytes. A file is imported. Raises StrategyError.
    """
    if name.endswith(".py"):
        strategy = load(name)
        has_stream = hasattr(strategy, "iter_premiums_for_payroll")
        return Description(label(strategy), offers(strategy), has_stream, None)
    if name not in names():
        raise _no_strategy(name)
    tree = ast.parse(_file_of(name).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
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
    """Return the extra that brings what a module of this package needs; None if it is there."""
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
    return Path(__file__).with_name(f"{name}.py")


def _declares(node: ast.stmt, name: str) -> TypeGuard[ast.Assign]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _literal(node: ast.Assign) -> set[str]:
    """Return the set that is written as `frozenset({...})`."""
    arguments = node.value.args if isinstance(node.value, ast.Call) else [node.value]
    return set(ast.literal_eval(arguments[0])) if arguments else set()


def _imports(name: str) -> list[str]:
    """Return the packages that a module of this package imports, itself or by others of it."""
    found: dict[str, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        for node in ast.walk(ast.parse(_file_of(waiting.pop()).read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top, _, rest in (module.partition(".") for module in modules):
                if top == __name__ and rest not in seen and _file_of(rest).exists():
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


def _no_strategy(name: str) -> StrategyError:
    if "://" in name:
        return StrategyError("a strategy is a name or a .py file; a URL goes behind --dsn")
    return StrategyError(f"there is {_unknown('strategy', name, names())}")


def _from_package(name: str) -> ModuleType:
    if name not in names():
        raise _no_strategy(name)
    return _executed(name, lambda: importlib.import_module(f"{__name__}.{name}"))


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return f"no {what} {name!r}; {hint}"


def _from_file(path: Path) -> ModuleType:
    name = f"strategy file {path}"  # like no module's, so that a json.py stands in nobody's way
    # os.path's says no of what can be no file's name; Path's raises, where it is too long
    is_file = os.path.isfile(path)  # noqa: PTH113
    spec = importlib.util.spec_from_file_location(name, path) if is_file else None
    if spec is None or spec.loader is None:
        raise StrategyError(f"there is no strategy file {str(path)!r}")
    module, loader = importlib.util.module_from_spec(spec), spec.loader
    sys.modules[name] = module  # where dataclasses and pickle look for a class's module
    _executed(str(path), lambda: loader.exec_module(module))
    return module


@contextmanager
def importing(name: str) -> Iterator[None]:
    """Raise MissingPackageError, with that name, where a package of an extra is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise MissingPackageError(name, extra) from error


def _executed(name: str, execute: Callable[[], T]) -> T:
    try:
        with redirect_stdout(sys.stderr), importing(name):
            return execute()
    except MissingPackageError:
        raise
    except (Exception, SystemExit) as error:
        raise StrategyError(f"{name}: it does not import: {error!r}") from error
