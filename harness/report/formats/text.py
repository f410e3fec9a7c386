"""For the terminal: as wide as it is, tables and paragraphs in columns."""

from __future__ import annotations

from functools import singledispatch
from itertools import chain
from textwrap import fill
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.report.document import Bullets, Code, Heading, Note, Pairs, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.document import Block, Document

NARROWEST = 60
"""Columns below which nothing is made to fit."""
NARROWEST_CELL = 10
NARROWEST_NAME = 24
GAP = 2
"""Columns between two of a table."""
PADDING = 2
"""Columns that tabulate adds to a heading."""


def write(document: Document, width: int) -> str:
    """Return the blocks, an empty line between two; notes follow each other without one."""
    columns = max(width, NARROWEST)
    return "\n".join(_lines(document.blocks, columns)).rstrip("\n")


def _lines(blocks: tuple[Block, ...], width: int) -> Iterator[str]:
    before: Block | None = None
    for block in blocks:
        is_together = type(block) is type(before) is Note or (
            isinstance(before, Heading) and not isinstance(block, Table)
        )
        if before and not is_together:
            yield ""
        yield _drawn(block, width)
        before = block


@singledispatch
def _drawn(block: Block, width: int) -> str:
    raise NotImplementedError(block, width)


@_drawn.register
def _(block: Heading, width: int) -> str:
    return wrapped(block.text, width)


@_drawn.register
def _(block: Text, width: int) -> str:
    return wrapped(block.text, width)


@_drawn.register
def _(block: Note, width: int) -> str:
    return wrapped(block.text, width, others="  ")


@_drawn.register
def _(block: Bullets, width: int) -> str:
    return "\n".join(
        chain(
            [wrapped(block.title, width)] if block.title else (),
            (wrapped(item, width, "- ", "  ") for item in block.items),
        )
    )


@_drawn.register
def _(block: Pairs, width: int) -> str:
    longest = max((len(term) for term, _ in block.pairs), default=0) + GAP
    is_aligned = longest <= width // 4 and not block.is_arrow
    indent = " " * (GAP + longest) if is_aligned else "    "
    leads = [f"{term} -> " if block.is_arrow else f"{term}  " for term, _ in block.pairs]
    texts = zip(leads, block.pairs, strict=True)
    return "\n".join(
        chain(
            [wrapped(block.title, width)] if block.title else (),
            (
                wrapped(f"{lead:<{longest if is_aligned else 0}}{text}", width, "  ", indent)
                for lead, (_, text) in texts
            ),
        )
    )


@_drawn.register
def _(block: Code, width: int) -> str:  # noqa: ARG001 (as they are)
    return "\n".join(f"  {line}" for line in block.lines)


@_drawn.register
def _(block: Table, width: int) -> str:
    drawn = _table(_fitted(block, width), width)
    return f"{wrapped(block.title, width)}\n\n{drawn}" if block.title else drawn


def _fitted(table: Table, width: int) -> Table:
    """Return the table without the droppable columns that there is no room for."""
    for heading in table.droppable:
        if _room_for_last(table, width) >= 0 or heading not in table.headings:
            continue
        nth = table.headings.index(heading)
        table = Table(
            _without(table.headings, nth),
            tuple(_without(row, nth) for row in table.rows),
            table.text_columns,
            table.last_is_text,
        )
    return table


def _without(cells: tuple[str, ...], nth: int) -> tuple[str, ...]:
    return cells[:nth] + cells[nth + 1 :]


def _room_for_last(table: Table, width: int) -> int:
    """Return the columns to spare if the last cell is as narrow as it may be; less than 0: none."""
    widths = _widths(table)
    if table.last_is_text:
        widths[-1] = min(widths[-1], NARROWEST_CELL)
    return width - sum(widths) - GAP * (len(widths) - 1)


def _widths(table: Table) -> list[int]:
    """Return the width of each column, as tabulate makes it: headings are padded."""
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.headings)
    return [
        max(_longest(heading) + PADDING, *(_longest(cell) for cell in cells), 0)
        for heading, cells in zip(table.headings, columns, strict=True)
    ]


def _longest(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def _table(table: Table, width: int) -> str:
    """Return the table, its last text and then its first column broken into lines that fit."""
    widths = _widths(table)
    over = sum(widths) + GAP * (len(widths) - 1) - width
    rows = [list(row) for row in table.rows]
    if over > 0 and table.last_is_text:
        room = max(NARROWEST_CELL, widths[-1] - over)
        over -= widths[-1] - room
        rows = [[*row[:-1], _broken(row[-1], room)] for row in rows]
    if over > 0 and table.text_columns:
        room = max(NARROWEST_NAME, widths[0] - over)
        rows = [[_broken(row[0], room), *row[1:]] for row in rows]
    figures = len(table.headings) - table.text_columns - table.last_is_text
    align = ["left"] * table.text_columns + ["right"] * figures + ["left"] * table.last_is_text
    return tabulate(
        rows,
        table.headings,
        tablefmt="simple",
        disable_numparse=True,
        colalign=align[: len(widths)],
    )


def _broken(text: str, room: int) -> str:
    return fill(text, room, break_on_hyphens=True)


def wrapped(text: str, width: int, first: str = "", others: str = "") -> str:
    """Return the text in lines that fit, behind those indents; words stay whole."""
    return fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )
