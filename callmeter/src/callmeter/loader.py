"""From a target to its call: its set-up run, its module imported, its result compared."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import inspect
import reprlib
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

from callmeter import equality
from callmeter.at_once import call_number
from callmeter.call import Call, Loop, count, own_code, reading
from callmeter.errors import TargetError
from callmeter.target import Target


class DifferentDataError(Exception):
    """A function gave other data than the reference."""


def make_call(
    where: str,
    call: str,
    setup: str = "",
    *,
    fold: bool = False,
    data: str | None = None,
    is_reference: bool = False,
    ignore: Sequence[str] = (),
) -> Call:
    """Return the call of a target, which reads all there is to read; raises TargetError.

    `data` names the file of the reference's data, which the reference writes and the others are
    compared with, but for the fields to `ignore`: one for each of the calls at once.
    """
    to_fold = fold and data is None  # to compare is to hold
    loop = Loop()
    function, module = load(Target(where, call, setup), loop, fold=to_fold)

    def check(result: Any) -> None:
        file = Path(f"{data}.{call_number()}")
        if data and is_reference:
            equality.write(result, file)
        elif data and (difference := equality.difference(result, file, ignore)):
            raise DifferentDataError(difference)

    return Call(
        function,
        check=check,
        count=(lambda number: number) if to_fold else count,
        own=own_code(module.__name__),
        loop=loop,
    )


def load(target: Target, loop: Loop, *, fold: bool = False) -> tuple[Callable[[], Any], ModuleType]:
    """Run the set-up, import the target; return its call, as `reading` has it, and its module.

    Both may await, in that loop. Raises TargetError.
    """
    scope = {"__name__": "setup"}
    _find_from_here()
    if target.setup:
        try:
            loop.finish(eval(target.compiled_setup(), scope))  # noqa: S307 - the user's own code
        except (Exception, SystemExit) as error:
            raise TargetError(f"--setup: {_message(error)}") from error
    module = _module(target)
    return reading(_function(target, module, scope), loop, fold=fold), module


def _function(target: Target, module: ModuleType, scope: dict[str, Any]) -> Callable[[], Any]:
    names = {"call_number": call_number} | vars(module) | scope
    code = target.compiled_call()
    _check_names(names, target)
    if target.is_called:
        return lambda: eval(code, names)  # noqa: S307 - the user's own code
    try:
        function: Callable[[], Any] = eval(code, names)  # noqa: S307
    except Exception as error:
        raise TargetError(f"{target.where}:{target.call}: {_message(error)}") from error
    if not callable(function):
        raise TargetError(
            f"{target.where}:{target.call} is no function, it is {reprlib.repr(function)}"
        )
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        hint = f"write the call, as '{target.where}:{target.call}(...)'"
        raise TargetError(f"{target.call}: {error}; {hint}") from None
    except ValueError:  # a function of C without a signature
        pass
    return function


def _check_names(names: dict[str, Any], target: Target) -> None:
    for name in target.names:
        if name not in names and not hasattr(builtins, name):
            public = [name for name in names if not name.startswith("__")]
            near = get_close_matches(name, public, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TargetError(f"{target.where} has no {name!r}{hint}")


def _find_from_here() -> None:
    """Put the working folder and its `src` on the path."""
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
        raise TargetError(f"{target.where} does not import: {_message(error)}") from error


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


def _message(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
