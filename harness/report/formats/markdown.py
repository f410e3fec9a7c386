"""For a README, an issue or a pull request."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.base.escape import in_cell, in_markdown
from harness.report.document import Bullets, Code, Heading, Note, Pairs, Table, Text
from harness.report.formats.text import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.report.document import Block, Document

WIDTH = 100
"""Columns of a paragraph, so that a change of a document shows where it is."""


def write(document: Document, width: int) -> str:  # noqa: ARG001 (a file has no terminal)
    """Return the blocks, an empty line between two."""
    return drawn(document.blocks, WIDTH)


def drawn(blocks: Iterable[Block], width: int) -> str:
    """Return the blocks; lines of paragraphs and lists have that width, others what they need."""
    return "\n\n".join(_drawn(block, width) for block in blocks)


@singledispatch
def _drawn(block: Block, width: int) -> str:
    raise NotImplementedError(block, width)


@_drawn.register
def _(block: Heading, width: int) -> str:  # noqa: ARG001 (a heading is one line)
    return f"{'#' * block.level} {in_markdown(block.text)}"


@_drawn.register
def _(block: Text, width: int) -> str:
    text = in_markdown(block.text)
    return wrapped(f"**{text}**" if block.is_strong else text, width)


@_drawn.register
def _(block: Note, width: int) -> str:  # noqa: ARG001 (small print is one line)
    return f"<sub>{in_markdown(block.text)}</sub>"


@_drawn.register
def _(block: Bullets, width: int) -> str:
    return _titled(block.title, [in_markdown(item) for item in block.items], width)


@_drawn.register
def _(block: Pairs, width: int) -> str:
    lead = " ->" if block.is_arrow else ":"
    items = [f"**{in_markdown(term)}**{lead} {in_markdown(text)}" for term, text in block.pairs]
    return _titled(block.title, items, width)


def _titled(title: str, items: list[str], width: int) -> str:
    bullets = "\n".join(wrapped(item, width, "- ", "  ") for item in items)
    return f"{in_markdown(title)}\n\n{bullets}" if title else bullets


@_drawn.register
def _(block: Code, width: int) -> str:  # noqa: ARG001 (as they are)
    return "\n".join([f"```{block.language}", *block.lines, "```"])


@_drawn.register
def _(block: Table, width: int) -> str:  # noqa: ARG001 (a row is one line)
    table = tabulate(
        [[_cell(cell) for cell in row] for row in block.rows],
        [_cell(heading) for heading in block.headings],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=block.alignment,
    )
    return f"**{in_markdown(block.title)}**\n\n{table}" if block.title else table


def _cell(text: str) -> str:
    return in_cell(in_markdown(text)).replace("\n", " ")
