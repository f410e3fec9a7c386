"""From a target to a call that can be measured: imported, awaited, read to its end."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import importlib.util
import inspect
import reprlib
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from harness.own.plain import has_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from harness.own.target import Target


class TargetError(Exception):
    """A target that cannot be called: its module, its name or its arguments are not right."""


class Loop:
    """One event loop for the whole process: a pool of connections belongs to its loop."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def finished(self, given: Awaitable[Any] | Any) -> Any:
        """Give what it is awaited for; anything else as it is.

        Raises RuntimeError within an async function: no loop can wait for another.
        """
        if not inspect.isawaitable(given):
            return given
        if asyncio._get_running_loop():
            if inspect.iscoroutine(given):
                given.close()
            raise RuntimeError("cannot await it here, in an async function; call from a plain one")
        if self._runner is None:
            self._runner = asyncio.Runner()
            finalize(self, self._runner.close)
        return self._runner.run(_awaited(given))

    def close(self) -> None:
        """End it, and what still runs in it."""
        if self._runner:
            self._runner.close()


async def _awaited(given: Awaitable[Any]) -> Any:
    return await given


def load(target: Target, *, fold: bool = False) -> Callable[[], Any]:
    """Run the setup, import the target; give its call, which reads all there is to read.

    What it gives is held: a generator as a list, anything else as it is. Or, to `fold`, each item
    is let go at once, and their number given. Raises TargetError.
    """
    loop, scope = Loop(), {"__name__": "setup"}
    _find_from_here()
    if target.setup:
        try:
            loop.finished(eval(target.compiled_setup(), scope))  # noqa: S307 - the user's own code
        except (Exception, SystemExit) as error:
            raise TargetError(f"--setup: {_said(error)}") from error
    return reading(_call(target, _module(target), scope), loop, fold=fold)


def reading(call: Callable[[], Any], loop: Loop, *, fold: bool = False) -> Callable[[], Any]:
    """Give the call that awaits what it is given, and reads it to its end: held or folded."""
    finish = _folded if fold else _held
    return lambda: finish(loop.finished(call()), loop)


def count(given: object) -> int:
    """Give how many items there are: of a list, a table, a dict; 1 of what has no length."""
    try:
        return 1 if isinstance(given, str | bytes) else len(given)  # type: ignore[arg-type]
    except TypeError:  # also of a class, or an array without dimensions
        return 1


def _held(given: Any, loop: Loop) -> Any:
    """Read it to its end: into a list, or what reads when asked for its length, so."""
    if _is_async(given):
        return loop.finished(_listed(given))
    if hasattr(given, "__next__") or _is_unread(given):
        return list(given)
    count(given)  # Django's QuerySet reads now
    return given


def _is_async(given: Any) -> bool:
    return hasattr(given, "__anext__") or (
        hasattr(given, "__aiter__") and not isinstance(given, Iterable)
    )


def _is_unread(given: Any) -> bool:
    """Tell whether only iterating reads it, as SQLAlchemy's Query; not what has fields."""
    return isinstance(given, Iterable) and not hasattr(given, "__len__") and not has_fields(given)


def _folded(given: Any, loop: Loop) -> int:
    if _is_async(given):
        return int(loop.finished(_counted(given)))
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return sum(1 for _ in given)
    return count(given)


async def _listed(given: Any) -> list[Any]:
    return [item async for item in given]


async def _counted(given: Any) -> int:
    total = 0
    async for _ in given:
        total += 1
    return total


def _call(target: Target, module: ModuleType, scope: dict[str, Any]) -> Callable[[], Any]:
    names = vars(module) | scope
    code = target.compiled_call()
    _check_names(names, target)
    if target.is_called:
        return lambda: eval(code, names)  # noqa: S307 - the user's own code
    try:
        function: Callable[[], Any] = eval(code, names)  # noqa: S307
    except Exception as error:
        raise TargetError(f"{target.where}:{target.call}: {_said(error)}") from error
    if not callable(function):
        raise TargetError(
            f"{target.where}:{target.call} is no function, it is {reprlib.repr(function)}"
        )
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        hint = f"write the call, as '{target.where}:{target.call}(...)'"
        raise TargetError(f"{target.call}: {error}; {hint}") from None
    except ValueError:  # a function of C that tells no signature
        pass
    return function


def _check_names(names: dict[str, Any], target: Target) -> None:
    for name in target.names:
        if name not in names and not hasattr(builtins, name):
            public = [each for each in names if not each.startswith("__")]
            near = get_close_matches(name, public, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TargetError(f"{target.where} has no {name!r}{hint}")


def _find_from_here() -> None:
    """Let imports find what is in the working folder, and in its `src`."""
    here = Path.cwd()
    for folder in (here / "src", here):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


def _module(target: Target) -> ModuleType:
    try:
        return _of_file(Path(target.where)) if target.is_file else _of_name(target.where)
    except TargetError:
        raise
    except (Exception, SystemExit) as error:
        raise TargetError(f"{target.where} does not import: {_said(error)}") from error


def _of_name(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise TargetError(
                f"there is no module {name!r} here (in {Path.cwd().name}/, its src/, or the "
                "environment of this Python)"
            ) from None
        raise


def _of_file(path: Path) -> ModuleType:
    """Import it by its dotted name, from the folder above its outermost package."""
    file = path.resolve()
    packages = list(takewhile(lambda folder: (folder / "__init__.py").exists(), file.parents))
    root = (packages[-1] if packages else file).parent
    name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    there = sys.modules.get(name)
    if there and getattr(there, "__file__", None) == str(file):
        return there  # the setup has imported it
    if there or name in sys.stdlib_module_names:  # a json.py of the user's
        return _under_another_name(file)
    return importlib.import_module(name)


def _under_another_name(file: Path) -> ModuleType:
    name = f"target {file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise TargetError(f"{file.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
