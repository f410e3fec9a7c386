"""A strategy's module, imported by its name or from its file, and held to the rules.

A strategy is a module with a docstring, whose first line is its label, and a function
`get_premiums_for_payroll(engine, payroll_id)`; one that can stream also offers
`iter_premiums_for_payroll(engine, payroll_id)`. Both may be async: `async def`, the stream as an
async generator, and the engine an AsyncEngine. `GIVES_UP` names the traits
(`strategies.support.traits`) that it lacks; `DRIVER`, the driver that it is written for, where that
is another than psycopg, or asyncpg for one that is async.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from contextlib import contextmanager, redirect_stdout
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import strategies
from callmeter.errors import Error, near_miss, unknown
from harness.base.distribution import command_to_install
from harness.payroll import drivers
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from strategies.support.contract import (
        AsyncGetPremiumsForPayroll,
        AsyncIterPremiumsForPayroll,
        GetPremiumsForPayroll,
        IterPremiumsForPayroll,
    )

T = TypeVar("T")

EXTRAS = {
    **dict.fromkeys(("adbc_driver_manager", "adbc_driver_postgresql", "pyarrow"), "arrow"),
    **dict.fromkeys(("asyncpg", "greenlet", "psycopg2"), "drivers"),
    **dict.fromkeys(("msgspec", "pydantic"), "models"),
}
"""Packages that few strategies need, and the extra of mapping-strategies that brings each."""


class StrategyError(Error):
    """A strategy that is not there, or whose file does not follow the rules."""


class MissingPackageError(StrategyError):
    """What needs a package that is not installed, and the extra that brings it."""

    def __init__(self, name: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{name} {needs(extra)}")


def needs(extra: str) -> str:
    """Return how to get what an extra brings, as it stands behind a name."""
    return f"needs a package more: {command_to_install(extra)}"


class Strategy(Protocol):
    """What a strategy's module offers."""

    __name__: str
    get_premiums_for_payroll: GetPremiumsForPayroll | AsyncGetPremiumsForPayroll


def names() -> list[str]:
    """Return the name of every strategy, in alphabetical order: the files of `strategies`."""
    stems = (path.stem for path in Path(str(strategies.__file__)).parent.glob("[!_]*.py"))
    return sorted(stems)


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
    _check_traits(name, module)
    _check_driver(name, module)
    return cast("Strategy", module)


def _check_traits(name: str, module: ModuleType) -> None:
    gives_up: object = getattr(module, "GIVES_UP", frozenset())
    if not isinstance(gives_up, set | frozenset):
        raise StrategyError(f"{name}: GIVES_UP must be a set of traits, not {gives_up!r}")
    for trait in sorted(map(str, gives_up - TRAITS.keys())):
        raise StrategyError(
            f"{name}: GIVES_UP names no trait {trait!r}; {near_miss(trait, TRAITS)}"
        )


def _check_driver(name: str, module: Any) -> None:
    awaits = is_async(module)
    stream = getattr(module, "iter_premiums_for_payroll", None)
    if stream and awaits != inspect.isasyncgenfunction(stream):
        raise StrategyError(
            f"{name}: of get_premiums_for_payroll and iter_premiums_for_payroll, either both are "
            "async, the latter a generator, or neither is"
        )
    known = drivers.of_kind(is_async=awaits)
    if driver(module) not in known:
        kind = "async" if awaits else "synchronous"
        raise StrategyError(
            f"{name}: DRIVER is {driver(module)!r}; a strategy that is {kind} has one of: "
            f"{', '.join(known)}"
        )


def is_async(strategy: Strategy) -> bool:
    """Whether the strategy is to be awaited, and so needs an AsyncEngine."""
    return inspect.iscoroutinefunction(strategy.get_premiums_for_payroll)


def driver(strategy: Strategy) -> str:
    """Return the name of the driver that the strategy is written for."""
    by_default = drivers.of_kind(is_async=is_async(strategy))[0]
    return str(getattr(strategy, "DRIVER", by_default))


def stream(strategy: Strategy) -> IterPremiumsForPayroll | AsyncIterPremiumsForPayroll:
    """Return the strategy's `iter_premiums_for_payroll`; raises StrategyError if it has none."""
    function = getattr(strategy, "iter_premiums_for_payroll", None)
    if not callable(function):
        raise StrategyError(f"{strategy.__name__}: it offers no iter_premiums_for_payroll")
    return cast("IterPremiumsForPayroll | AsyncIterPremiumsForPayroll", function)


def _from_package(name: str) -> ModuleType:
    if name not in names():
        raise no_strategy(name)
    return _executed(name, lambda: importlib.import_module(f"strategies.{name}"))


def _from_file(path: Path) -> ModuleType:
    name = f"strategy_{blake2b(os.fsencode(path.absolute()), digest_size=8).hexdigest()}"
    # os.path's says no of what can be no file's name; Path's raises, where it is too long
    is_file = os.path.isfile(path)  # noqa: PTH113
    spec = importlib.util.spec_from_file_location(name, path) if is_file else None
    if spec is None or spec.loader is None:
        raise StrategyError(f"there is no strategy file {str(path)!r}")
    module, loader = importlib.util.module_from_spec(spec), spec.loader
    sys.modules[name] = module  # where dataclasses and pickle look for a class's module
    try:
        _executed(str(path), lambda: loader.exec_module(module))
    except StrategyError:
        del sys.modules[name]
        raise
    return module


@contextmanager
def importing(name: str) -> Iterator[None]:
    """Raise MissingPackageError, with that name, where a package of an extra is not installed."""
    try:
        yield
    except ImportError as error:  # SQLAlchemy's of greenlet has its cause's name only
        package = error.name or getattr(error.__cause__, "name", None) or ""
        extra = EXTRAS.get(package.partition(".")[0])
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


def no_strategy(name: str) -> StrategyError:
    """Return the error of a name that no strategy has, with a near miss."""
    if "://" in name:
        return StrategyError("a strategy is a name or a .py file; a URL goes behind --dsn")
    return StrategyError(str(unknown("strategy", name, names())))
