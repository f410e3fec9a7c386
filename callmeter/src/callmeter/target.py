"""A target: a function, where it is, how it is called, and what must come before. Pure."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import TypeGuard

from callmeter.errors import UsageError

AWAITING = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
FORM = re.compile(r"(?P<where>.+?\.py|[^:]+):(?P<call>.+)", re.DOTALL)
EXAMPLE = "package.module:function, path/to/file.py:function or either with 'function(arguments)'"


@dataclass(frozen=True)
class Target:
    """A function to measure.

    `where` is the name of a module or the path of a .py file; `call`, an expression in that
    module: a function to call without arguments, or a call; `setup`, statements run before.
    """

    where: str
    call: str
    setup: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is in a file that is named by its path."""
        return self.where.endswith(".py")

    @property
    def is_called(self) -> bool:
        """Whether the expression has its call in it already, and does not name a function."""
        expression = _expression(self.call)
        if isinstance(expression, ast.Name | ast.Attribute | ast.Lambda):
            return False
        return any(isinstance(each, ast.Call | ast.Await) for each in ast.walk(expression))

    @property
    def names(self) -> list[str]:
        """The names that the expression takes from elsewhere, in their order."""
        walked = list(ast.walk(_expression(self.call)))
        own = {each.id for each in walked if _is_bound(each)}
        own |= {each.arg for each in walked if isinstance(each, ast.arg)}
        found = [each.id for each in walked if isinstance(each, ast.Name)]
        return [name for name in dict.fromkeys(found) if name not in own]

    def compiled_call(self) -> CodeType:
        """Return the code of the expression; it may await."""
        code: CodeType = compile(self.call, f"<{self.where}>", "eval", AWAITING)
        return code

    def compiled_setup(self) -> CodeType:
        """Return the code of the statements; they may await."""
        code: CodeType = compile(self.setup, "<setup>", "exec", AWAITING)
        return code


def is_target(text: str) -> bool:
    """Whether a word has the form of a target; a DSN has not, nor the path of a file."""
    return "://" not in text and not text.endswith(".py") and FORM.fullmatch(text) is not None


def parse(text: str, setup: str = "") -> Target:
    """Read `package.module:function`; raises UsageError, naming what is wrong."""
    form = FORM.fullmatch(text)
    if not form:
        raise UsageError(f"the target {text!r} is not {EXAMPLE}")
    target = Target(form["where"], form["call"].strip(), setup)
    if target.is_file:
        _check_file(target.where)
    elif not all(part.isidentifier() for part in target.where.split(".")):
        raise UsageError(f"{target.where!r} is no name of a module; a target is {EXAMPLE}")
    _check_syntax(target)
    return target


def _check_file(where: str) -> None:
    try:
        is_there = Path(where).is_file()
    except (OSError, ValueError):  # a name too long, or with a NUL in it
        is_there = False
    if not is_there:
        raise UsageError(f"there is no file {where!r}")


def _check_syntax(target: Target) -> None:
    for what, compiled in (
        (f"the call {target.call!r}", target.compiled_call),
        (f"--setup {target.setup!r}", target.compiled_setup),
    ):
        try:
            compiled()
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            reason = error.msg if isinstance(error, SyntaxError) else str(error)
            raise UsageError(f"{what} is not Python: {reason}") from None


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _is_bound(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
