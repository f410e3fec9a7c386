"""The help of a command: one screen by `--help`, all there is by `--help-all`."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from harness.cli._parser import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from harness.cli._parser import Parameter

PROGRAM = "python -m harness"
SHORT, LONG = "--help", "--help-all"
WIDTH = 80
NAMES_WIDTH = 24
"""Columns of the options' names."""
LINES = 20
"""Of a short help."""
EXAMPLES = 4
"""Of a short help at most; where options leave room for fewer, as many as there is room for."""
TEXT = f"""Usage: {PROGRAM} COMMAND ...

Which way of mapping rows to domain objects should our repository use?

  {PROGRAM} compare --entries 10,000
  {PROGRAM} measure app.repo:read app.repo:read_lean --same

{{commands}}

Of a command: {PROGRAM} COMMAND --help. --version shows the version."""


def of_program(commands: Mapping[str, ModuleType]) -> str:
    """Return the help of the program: its commands, each with the first line of its docstring."""
    width = max(map(len, commands)) + 2
    lines = (f"  {name:{width}}{_paragraphs(module)[0]}" for name, module in commands.items())
    return TEXT.format(commands="\n".join(lines))


def of_command(name: str, command: ModuleType, *, full: bool = False) -> str:
    """Return a command's help: in LINES, examples first, what matters; or all of it."""
    known = parameters(command.run)
    first, *more = _paragraphs(command)
    options = [*(_full_options(known) if full else _options(known))]
    room = min(EXAMPLES, LINES - len(options) - 4)  # the usage, the first line, two empty ones
    examples = command.EXAMPLES if full else command.EXAMPLES[:room]
    return "\n".join(
        [
            f"Usage: {PROGRAM} {name} {_usage(known)}",
            first,
            *(f"\n{fill(text, WIDTH, break_on_hyphens=False)}" for text in more if full),
            "",
            *(f"  {PROGRAM} {example}" for example in examples),
            "",
            *options,
        ]
    )


def _paragraphs(command: ModuleType) -> list[str]:
    return [" ".join(text.split()) for text in (command.__doc__ or "").split("\n\n")]


def _usage(known: list[Parameter]) -> str:
    words = []
    for parameter in known:
        if parameter.option.is_argument or parameter.is_required:
            word = parameter.usage if parameter.is_required else f"[{parameter.usage}]"
            words.append(word + "..." * parameter.option.is_many)
    return " ".join([*words, "[OPTIONS]"])


def _options(known: list[Parameter]) -> Iterator[str]:
    """Yield a line for each option that is not rare: the first sentence of its help."""
    for parameter in known:
        if not parameter.option.is_rare:
            yield f"  {parameter.usage:{NAMES_WIDTH}}{parameter.option.brief}{_default(parameter)}."
    yield f"  {LONG:{NAMES_WIDTH}}Show every option, and what they mean."


def _full_options(known: list[Parameter]) -> Iterator[str]:
    indent = " " * 6
    for parameter in known:
        text = f"{parameter.option.help}{_default(parameter)}"
        yield f"  {parameter.usage}"
        yield fill(
            text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )


def _default(parameter: Parameter) -> str:
    """Return the default in brackets, where it is a word or a number."""
    default = parameter.default
    if isinstance(default, bool) or not isinstance(default, int | float | str):
        return ""
    return f" [{default if isinstance(default, str) else f'{default:,}'}]"
