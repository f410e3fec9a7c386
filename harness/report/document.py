"""A document: what there is to show, in parts that every format draws. Pure.

What a comparison, a difference, a decision or an explanation says is put together once, as blocks
of plain text; a format (`harness.report.formats`) only draws them. Texts hold no markup: a name or
an error from a run may hold anything, and each format escapes what it must.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callmeter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.analysis.choice import Decision
    from harness.model.run import Run


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph; one that `is_strong` is what a reader must see, such as an answer."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list; `title`, if there is one, is the line above it."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Pairs:
    """A list of terms, each with its text, in two columns where there is room.

    `is_arrow`, if a term leads to its text: `only read -> ...`.
    """

    pairs: tuple[tuple[str, str], ...]
    title: str = ""
    is_arrow: bool = False


@dataclass(frozen=True)
class Table:
    """A table: rows of cells below headings, of one line or two.

    The first `text_columns` are text, the others figures; the last one is text too, if
    `last_is_text`. `droppable` are headings of columns that go first where there is no room.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1
    last_is_text: bool = False
    droppable: tuple[str, ...] = ()
    title: str = ""

    @property
    def alignment(self) -> list[str]:
        """Where the cells of each column stand: text at the left, figures at the right."""
        figures = len(self.headings) - self.text_columns - self.last_is_text
        text, last = ["left"] * self.text_columns, ["left"] * self.last_is_text
        return [*text, *["right"] * figures, *last][: len(self.headings)]


@dataclass(frozen=True)
class Code:
    """Lines to be shown as they are: commands, or figures that are lined up."""

    lines: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class Note:
    """Small print: what a figure is, what it ran on."""

    text: str


Block = Heading | Text | Bullets | Pairs | Table | Code | Note


@dataclass(frozen=True)
class Document:
    """Blocks for people, and the same as data for scripts.

    `data` is one JSON object, whose `rows` are also the lines of a CSV file. `run` is the run that
    a comparison shows, for the formats that draw pictures of it; `decision` is what a choice shows,
    for the format that records it.
    """

    blocks: tuple[Block, ...]
    data: dict[str, Any] = field(default_factory=dict)
    run: Run | None = None
    sort: str = ""
    decision: Decision | None = None

    def drawn_run(self, form: str) -> Run:
        """Return the run, for a format that draws it; raises UsageError where there is none."""
        if self.run is None:
            raise UsageError(f"{form} shows a run: of compare, measure, explain or report")
        return self.run

    def recorded(self, form: str) -> Decision:
        """Return the decision, for a format that records it; raises UsageError for none."""
        if self.decision is None:
            raise UsageError(f"{form} records a decision: of choose")
        return self.decision


def bullets(items: Iterable[str], title: str = "") -> tuple[Bullets, ...]:
    """Return the list of the items; none without items."""
    found = tuple(items)
    return (Bullets(found, title),) if found else ()


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], **options: Any
) -> tuple[Table, ...]:
    """Return the table without the columns in which every cell is empty; none without rows."""
    cells = [tuple(row) for row in rows]
    filled = [nth for nth in range(len(headings)) if any(row[nth] for row in cells)]
    if not cells:
        return ()
    last = options.pop("last_is_text", False) and len(headings) - 1 in filled
    return (
        Table(
            tuple(headings[nth] for nth in filled),
            tuple(tuple(row[nth] for nth in filled) for row in cells),
            last_is_text=last,
            **options,
        ),
    )
