"""The words of a command line: read into the parameters of a command's `run`.

A parameter is annotated with its Option: `entries: Annotated[int, Option("--entries", ...)] = 1`.
An option that is annotated as a `bool` takes no value. A parameter that is a dataclass stands for
the options that its fields are annotated with. Whatever is wrong is a UsageError.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, is_dataclass, replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from callmeter.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def text(word: str, flag: str) -> str:  # noqa: ARG001 (any text will do)
    """Return the word."""
    return word


@dataclass(frozen=True)
class Option:
    """An option, or an argument: its flag does not begin with `--`.

    `read(word, flag)` turns a word into a value, or raises UsageError. The first sentence of the
    help is its short form. What `is_rare` is shown by --help-all only.
    """

    flag: str
    help: str
    read: Callable[[str, str], Any] = text
    metavar: str = ""
    is_many: bool = False
    is_rare: bool = False

    @property
    def brief(self) -> str:
        """The first sentence of the help, without its full stop."""
        return self.help.partition(". ")[0].rstrip(".")

    @property
    def is_argument(self) -> bool:
        """Whether it is a word by itself."""
        return not self.flag.startswith("--")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a command, or a field of one: `group` is that one's name and class."""

    name: str
    option: Option
    default: Any
    is_switch: bool
    group: tuple[str, Callable[..., object]] | None = None

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty

    @property
    def usage(self) -> str:
        """The option as a help shows it: `--entries N`."""
        option = self.option
        return option.flag if option.is_argument else f"{option.flag} {option.metavar}".rstrip()


def parameters(run: Callable[..., object]) -> list[Parameter]:
    """Return the parameters of a command's function: the arguments, its own, those of groups."""
    hints = get_type_hints(run, include_extras=True)
    found: list[Parameter] = []
    for name, parameter in inspect.signature(run).parameters.items():
        hint = hints[name]
        if is_dataclass(hint):
            kind: Any = hint
            found += [replace(parameter, group=(name, kind)) for parameter in parameters(kind)]
        else:
            kind, option = get_args(hint)
            found.append(Parameter(name, option, parameter.default, is_switch=kind is bool))
    return sorted(
        found, key=lambda parameter: (not parameter.option.is_argument, parameter.group is not None)
    )


def parse(run: Callable[..., object], words: Iterable[str]) -> dict[str, Any]:
    """Return the arguments to call a command's function with; raises UsageError."""
    known = parameters(run)
    values = _values(known, words)
    arguments = {
        parameter.name: values[parameter.name] for parameter in known if parameter.name in values
    }
    for group in dict.fromkeys(parameter.group for parameter in known if parameter.group):
        fields = [parameter.name for parameter in known if parameter.group == group]
        arguments[group[0]] = group[1](
            **{name: arguments.pop(name) for name in fields if name in arguments}
        )
    return arguments


def _values(known: Sequence[Parameter], words: Iterable[str]) -> dict[str, Any]:
    by_flag = {
        parameter.option.flag: parameter for parameter in known if not parameter.option.is_argument
    }
    values: dict[str, Any] = {}
    arguments: list[str] = []
    remaining = iter(words)
    for word in remaining:
        if word == "--":
            arguments.extend(remaining)
        elif word.startswith("-") and len(word) > 1:
            flag, equals, value = word.partition("=")
            if flag not in by_flag:
                raise unknown("option", flag, [*by_flag, "--help"])
            _add(values, by_flag[flag], _value(by_flag[flag], value if equals else None, remaining))
        else:
            arguments.append(word)
    _add_arguments(
        values, [parameter for parameter in known if parameter.option.is_argument], arguments
    )
    for parameter in known:
        if parameter.is_required and parameter.name not in values:
            raise UsageError(f"{parameter.usage} is missing: {parameter.option.brief}")
    return values


def _value(parameter: Parameter, value: str | None, remaining: Iterable[str]) -> str | bool:
    flag = parameter.option.flag
    if parameter.is_switch:
        if value is not None:
            raise UsageError(f"{flag} takes no value")
        return True
    found = next(iter(remaining), None) if value is None else value
    if found is None or (value is None and found.startswith("--")):
        raise UsageError(f"{flag} needs a value: {parameter.option.brief}")
    return found


def _add(values: dict[str, Any], parameter: Parameter, found: str | bool) -> None:
    option = parameter.option
    value = found if isinstance(found, bool) else option.read(found, option.flag)
    if option.is_many:
        values.setdefault(parameter.name, []).append(value)
    else:
        values[parameter.name] = value


def _add_arguments(values: dict[str, Any], known: list[Parameter], words: list[str]) -> None:
    remaining = list(words)
    for parameter in known:
        count = len(remaining) if parameter.option.is_many else min(1, len(remaining))
        for word in remaining[:count]:
            _add(values, parameter, word)
        del remaining[:count]
    if remaining:
        raise UsageError(f"nothing is expected where {remaining[0]!r} is; see --help")
