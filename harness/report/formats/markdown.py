"""For a README, an issue or a pull request."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.base.escape import in_cell, in_markdown
from harness.report.document import Bullets, Code, Heading, Note, Pairs, Table, Text
from harness.report.formats.text import wrapped

if TYPE_CHECKING:
    from harness.report.document import Block, Document

WIDTH = 100
"""Columns of a paragraph, so that a change of a document shows where it is."""


def write(document: Document, width: int) -> str:  # noqa: ARG001 (a file has no terminal)
    """Return the blocks, an empty line between two."""
    return "\n\n".join(_drawn(block) for block in document.blocks)


@singledispatch
def _drawn(block: Block) -> str:
    raise NotImplementedError(block)


@_drawn.register
def _(block: Heading) -> str:
    return f"{'#' * block.level} {in_markdown(block.text)}"


@_drawn.register
def _(block: Text) -> str:
    text = in_markdown(block.text)
    return f"**{text}**" if block.is_strong else wrapped(text, WIDTH)


@_drawn.register
def _(block: Note) -> str:
    return f"<sub>{in_markdown(block.text)}</sub>"


@_drawn.register
def _(block: Bullets) -> str:
    return _titled(block.title, [in_markdown(item) for item in block.items])


@_drawn.register
def _(block: Pairs) -> str:
    lead = " ->" if block.is_arrow else ":"
    items = [f"**{in_markdown(term)}**{lead} {in_markdown(text)}" for term, text in block.pairs]
    return _titled(block.title, items)


def _titled(title: str, items: list[str]) -> str:
    bullets = "\n".join(wrapped(item, WIDTH, "- ", "  ") for item in items)
    return f"{in_markdown(title)}\n\n{bullets}" if title else bullets


@_drawn.register
def _(block: Code) -> str:
    return "\n".join([f"```{block.language}", *block.lines, "```"])


@_drawn.register
def _(block: Table) -> str:
    drawn = tabulate(
        [[_cell(cell) for cell in row] for row in block.rows],
        [_cell(heading) for heading in block.headings],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=block.alignment,
    )
    return f"**{in_markdown(block.title)}**\n\n{drawn}" if block.title else drawn


def _cell(text: str) -> str:
    return in_cell(in_markdown(text)).replace("\n", " ")
