"""For the terminal: as wide as it is, tables and paragraphs in columns."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import singledispatch
from textwrap import fill
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.report.document import Bullets, Code, Heading, Note, Pairs, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.report.document import Block, Document

NARROWEST = 60
"""Columns below which nothing is made to fit."""
NARROWEST_CELL = 9
"""Columns of a last text, below which it is not broken into lines."""
GAP = 2
"""Columns between two of a table."""
WIDEST_HEADING = 24
"""Columns of a heading where a table has more of them than there is room for."""
BEHIND_FIGURE = " " * 13
"""The indent of what a line of figures and text goes on with."""
PADDING = 2
"""Columns that tabulate adds to a heading."""
LINE, SPACE = re.compile(r"\n"), re.compile(r"(?<=\s)")
NAME = re.compile(r"(?<=[\s_.:/,(])")
"""Where a cell may break: at its lines, its words, and in the first column inside of a name."""


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
def _(block: Heading | Text, width: int) -> str:
    return wrapped(block.text, width)


@_drawn.register
def _(block: Note, width: int) -> str:
    return wrapped(block.text, width, others="  ")


@_drawn.register
def _(block: Bullets, width: int) -> str:
    items = (wrapped(item, width, "- ", "  ") for item in block.items)
    return _titled(block.title, items, width)


@_drawn.register
def _(block: Pairs, width: int) -> str:
    longest = max((len(term) for term, _ in block.pairs), default=0) + GAP
    is_aligned = longest <= width // 4 and not block.is_arrow
    indent = " " * (GAP + longest) if is_aligned else "    "
    leads = [f"{term} -> " if block.is_arrow else f"{term}  " for term, _ in block.pairs]
    items = (
        wrapped(f"{lead:<{longest if is_aligned else 0}}{text}", width, "  ", indent)
        for lead, (_, text) in zip(leads, block.pairs, strict=True)
    )
    return _titled(block.title, items, width)


def _titled(title: str, items: Iterable[str], width: int) -> str:
    return "\n".join([*([wrapped(title, width)] if title else ()), *items])


@_drawn.register
def _(block: Code, width: int) -> str:
    return "\n".join(_as_it_is(f"  {line}", width) for line in block.lines)


def _as_it_is(line: str, width: int) -> str:
    return line if len(line) <= width else wrapped(line, width, others=BEHIND_FIGURE)


@_drawn.register
def _(block: Table, width: int) -> str:
    table = _narrowed(_fitted(block, width), width)
    parts = [table] if _whole(_widths(table)) <= width else _parts(table, width)
    drawn = "\n\n".join(
        tabulate(
            part.rows,
            part.headings,
            tablefmt="simple",
            disable_numparse=True,
            colalign=part.alignment,
        )
        for part in parts
    )
    return f"{wrapped(block.title, width)}\n\n{drawn}" if block.title else drawn


def _fitted(table: Table, width: int) -> Table:
    """Return the table without the droppable columns that there is no room for."""
    for heading in table.droppable:
        if _room_for_last(table, width) >= 0 or heading not in table.headings:
            continue
        nth = table.headings.index(heading)
        whole = (table.headings, *table.rows)
        headings, *rows = (cells[:nth] + cells[nth + 1 :] for cells in whole)
        table = replace(table, headings=headings, rows=tuple(rows))
    return table


def _room_for_last(table: Table, width: int) -> int:
    """Return the columns to spare if the last cell is as narrow as it may be; less than 0: none."""
    widths = _widths(table)
    if table.last_is_text:
        widths[-1] = min(widths[-1], NARROWEST_CELL)
    return width - _whole(widths)


def _whole(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _widths(table: Table, breaks: re.Pattern[str] = LINE) -> list[int]:
    """Return the width of each column if cells break there: tabulate pads a heading, as it is."""
    columns = zip(table.headings, *table.rows, strict=True)
    return [
        max(_longest(heading, LINE) + PADDING, *(_longest(cell, breaks) for cell in cells), 0)
        for heading, *cells in columns
    ]


def _longest(cell: str, breaks: re.Pattern[str]) -> int:
    return max(len(part.rstrip()) for part in breaks.split(cell))


def _narrowed(table: Table, width: int) -> Table:
    """Return the table with its texts in lines, names last, if that makes it fit."""
    widths, words, names = _widths(table), _widths(table, SPACE), _widths(table, NAME)
    over = _whole(widths) - width
    last = len(widths) - 1
    texts = [*[last] * table.last_is_text, *reversed(range(min(table.text_columns, last + 1)))]
    least = {nth: (words if nth else names)[nth] for nth in texts}
    if table.last_is_text:
        least[last] = max(least[last], min(widths[last], NARROWEST_CELL))
    if not 0 < over <= sum(widths[nth] - least[nth] for nth in texts):
        return table
    columns = [list(cells) for cells in zip(table.headings, *table.rows, strict=True)]
    for nth in texts:
        room = max(least[nth], widths[nth] - max(over, 0))
        over -= widths[nth] - room
        columns[nth][1:] = [
            _broken(cell, room, SPACE if nth else NAME) for cell in columns[nth][1:]
        ]
    headings, *rows = zip(*columns, strict=True)
    return replace(table, headings=headings, rows=tuple(rows))


def _parts(table: Table, width: int) -> Iterator[Table]:
    """Yield the table in parts below each other, each as wide as it may be, the names in each."""
    headings = (
        _broken(one, WIDEST_HEADING, NAME) if _longest(one, LINE) > WIDEST_HEADING else one
        for one in table.headings
    )
    table = replace(table, headings=tuple(headings))
    widths, first = _widths(table), table.text_columns
    nth: list[int] = []
    for column in range(first, len(widths)):
        if nth and _whole([*widths[:first], *(widths[one] for one in (*nth, column))]) > width:
            yield _narrowed(_part(table, nth), width)
            nth = []
        nth.append(column)
    yield _narrowed(_part(table, nth), width)


def _part(table: Table, columns: Sequence[int]) -> Table:
    """Return the names and those columns of the table."""
    last = len(table.headings) - 1
    wanted = [*range(table.text_columns), *columns]
    headings, *rows = (
        tuple(cells[nth] for nth in wanted) for cells in (table.headings, *table.rows)
    )
    is_text = table.last_is_text and last in columns
    return replace(table, headings=headings, rows=tuple(rows), last_is_text=is_text)


def _broken(text: str, room: int, breaks: re.Pattern[str]) -> str:
    lines = [""]
    for part in breaks.split(text):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > room:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


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
