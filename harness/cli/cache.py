"""Say what the embedded Postgres keeps on disk, and how much of its bound that is.

A payroll is written once and kept for the next run. When a run needs another one and the bound
is reached (4 GB, or what MAPPING_STRATEGIES_CACHE_SIZE says), those of other versions of the data
go first, then the least recently used; none that a run uses.

The folder is the user's cache folder, or what MAPPING_STRATEGIES_CACHE names. Exit code 2: a run
uses what --clear is to remove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from callmeter import units
from harness import words
from harness.cli import _options as option
from harness.cli._progress import show, tell
from harness.postgres import cache, kept
from harness.reports.table import aligned

if TYPE_CHECKING:
    from harness.postgres.cache import Contents
    from harness.postgres.kept import Kept

EXAMPLES = """Examples:

python -m harness cache

python -m harness cache --clear

python -m harness cache --format json | jq .bytes
"""

HEADINGS = ["in the cache", "version of the data", "last used", "size"]
MOST_NAMES = 5
"""Of what is not ours: enough to see whose folder it is."""


def _table(contents: Contents) -> str:
    size, bound = units.format_bytes(contents.bytes), units.format_bytes(contents.bound_bytes)
    lines = [
        f"{contents.folder}: {size} of at most {bound} ({kept.SIZE_VARIABLE})",
        f"The server is {contents.server}.",
    ]
    if contents.unknown:
        lines.append(f"The payrolls are not known: {contents.unknown}")
    rows = [_row(each) for each in reversed(contents.payrolls)]
    rows += [
        [name, "", "", units.format_bytes(size)] for name, size in contents.beside.items() if size
    ]
    if rows:
        lines += ["", aligned(HEADINGS, rows, text_columns=3)]
    return "\n".join(lines)


def _row(payroll: Kept) -> list[str]:
    size = f"{payroll.entries:,} entries x {payroll.components} components"
    title = f"{size}, profile {payroll.profile}"
    last = f"{payroll.last_used:%Y-%m-%d %H:%M} UTC" if payroll.last_used else "not known"
    if payroll.is_in_use:
        last = "in use"
    return [
        title,
        "this" if payroll.is_of_this_version else "another",
        last,
        units.format_bytes(payroll.bytes),
    ]


def _json(contents: Contents) -> str:
    return msgspec.json.format(msgspec.json.encode(contents)).decode()


FORMS = {"table": _table, "json": _json}

Clear = Annotated[
    bool,
    typer.Option(
        "--clear",
        help="Remove all of it first; what is not of this cache stays, and is told.",
    ),
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        callback=option.one_of("format", FORMS),
        help=f"What to print: {', '.join(FORMS)}.",
    ),
]


def run(clear: Clear = False, form: Form = "table") -> int:
    """Clear if that is asked for; print what is there."""
    bound = int(kept.bound())
    if clear:
        left = cache.clear()
        if left:
            more = [f"{len(left) - MOST_NAMES:,} more"] if len(left) > MOST_NAMES else []
            tell(f"Not ours, and left as it is: {words.listed([*left[:MOST_NAMES], *more])}")
    show(FORMS[form](cache.contents(bound)))
    return 0
