"""Text that others wrote, made fit to be shown: no escapes, no markup, no formulas. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST = 2_000
"""Characters after which a text is cut: no name, label or error of ours is near it."""


def printable(text: str) -> str:
    r"""Return the text with a backslash escape (`\x1b`, `\n`) for all that is no visible character.

    A strategy's name, label or error may hold anything; shown raw it could move a terminal's
    cursor, recolour it or break a line of a table. What is longer than LONGEST is cut.
    """
    shown = f"{text[:LONGEST]}…" if len(text) > LONGEST else text
    if shown.isprintable():
        return shown
    return "".join(
        character if character.isprintable() else _escaped(character) for character in shown
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would compute; control characters are escaped already."""


def in_markdown(text: str) -> str:
    r"""Return the Markdown without what a name or an error in it would become: HTML, links, images.

    `<` is `&lt;`, and `](` is `]\(`.
    """
    return text.replace("<", "&lt;").replace("](", "]\\(")


def in_cell(text: str) -> str:
    """Return the text of a cell of a Markdown table: a bar in it would end the cell."""
    return text.replace("|", "\\|")


def as_csv(names: Iterable[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return a heading line and the rows; a text that a spreadsheet would compute follows a `'`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue().rstrip("\n")


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
