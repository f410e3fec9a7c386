"""Text that others wrote, kept from being read as markup or as a formula. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would compute; control characters are escaped already."""


def in_markdown(text: str) -> str:
    r"""Give the Markdown without what a name or an error in it would become: HTML, links, images.

    `<` is `&lt;`, and `](` is `]\(`.
    """
    return text.replace("<", "&lt;").replace("](", "]\\(")


def in_a_cell(text: str) -> str:
    """Give the text of a cell of a Markdown table: a bar in it would end the cell."""
    return text.replace("|", "\\|")


def as_csv(names: Iterable[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Give a heading line and the rows; a text that a spreadsheet would compute follows a `'`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue().rstrip("\n")


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
