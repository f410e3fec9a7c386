"""Options that several commands take, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callmeter import discovery, units
from callmeter import meters as meters_package
from callmeter.errors import unknown
from harness.model.fields import LONGEST_SECONDS, MOST, MOST_REPEATS
from harness.payroll.generator import Profile
from harness.report import diffs, reports
from harness.report.reports._content import SORT_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def one_of(what: str, choices: Iterable[str]) -> Callable[[str], str]:
    """Give a callback that lets only these words through, and suggests one for a near miss."""
    known = list(choices)

    def check(word: str) -> str:
        if word not in known:
            raise unknown(what, word, known)
        return word

    return check


def all_of(what: str, choices: Iterable[str]) -> Callable[[list[str] | None], list[str] | None]:
    """Give the same for an option that may be repeated."""
    check = one_of(what, choices)
    return lambda words: [check(word) for word in words] if words else None


def meters(words: list[str] | None) -> list[str] | None:
    """Let only meters through, and `all`, which stands for each of them."""
    known = discovery.names(meters_package)
    words = all_of("meter", [*known, ALL_METERS])(words)
    return known if words and ALL_METERS in words else words


ALL_METERS = "all"
FORMATS = discovery.names(reports)

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STRATEGY",
        help="Which to measure: names, or paths of .py files written like a strategy. All, "
        "if none is named. The floor and the reference are always measured too.",
        show_default=False,
    ),
]
Entries = Annotated[int, typer.Option(min=1, max=MOST, help="Entries of the payroll.")]
Components = Annotated[int, typer.Option(min=0, max=MOST, help="Components of each entry.")]
ProfileName = Annotated[
    str,
    typer.Option(
        callback=one_of("profile", list(Profile)),
        help="How much the values repeat: realistic, or distinct (nothing can be shared).",
    ),
]
Dsn = Annotated[
    str | None,
    typer.Option(
        help="Use this Postgres (14 or newer) instead of the embedded one. All is done in a "
        "schema of its own, which is dropped at the end.",
        show_default=False,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Measure on the workers of the Dask scheduler at this address, as tcp://host:8786: "
        "memory on all of them, times on one. Needs --dsn, which they all reach.",
        show_default=False,
    ),
]
Repeat = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_REPEATS,
        help="Fresh processes a meter; by default what suits the meter.",
    ),
]
Meters = Annotated[
    list[str] | None,
    typer.Option(
        "--meter",
        callback=meters,
        help="Measure with this only; may be repeated: "
        f"{', '.join(discovery.names(meters_package))}; all of them, as by default.",
        show_default=False,
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Also record where the bytes go (of several payrolls, at up to 10,000 entries).",
    ),
]
Setup = Annotated[
    str | None,
    typer.Option(
        help="Python statements to run before the targets are imported, not measured; their names "
        "are known in the calls.",
        show_default=False,
    ),
]
Sort = Annotated[
    str,
    typer.Option(
        callback=one_of("sort key", SORT_KEYS),
        help=f"Order of the rows: {', '.join(SORT_KEYS)}.",
    ),
]
ScaleTo = Annotated[
    int, typer.Option(min=1, max=MOST, help="Say what a payroll of this many entries needs.")
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        callback=one_of("format", FORMATS),
        help=f"What to print: {', '.join(FORMATS)}.",
    ),
]
DiffFormat = Annotated[
    str,
    typer.Option(
        "--format",
        callback=one_of("format", discovery.names(diffs)),
        help=f"What to print: {', '.join(discovery.names(diffs))}.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Also show what did not change.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="Write it to this file instead.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the files of --output and --save.")]
Save = Annotated[
    Path | None,
    typer.Option("--save", help="Save the run here, not in the cache folder.", show_default=False),
]
Timeout = Annotated[
    float,
    typer.Option(
        min=1, max=LONGEST_SECONDS, help="Seconds after which one measurement is given up."
    ),
]
Python = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="Measure with this Python (3.11 or newer) and its packages; nothing is installed "
        "beside them.",
        show_default=False,
    ),
]
InstallMemray = Annotated[
    bool,
    typer.Option(
        "--install-memray",
        help="Where that Python has no memray, install it into a folder of ours, by its pip.",
    ),
]
Traceback = Annotated[
    bool, typer.Option("--traceback", help="Also print what Python says of each error.")
]
NoWarmUp = Annotated[
    bool,
    typer.Option("--no-warm-up", help="Measure the first call: for one that changes its data."),
]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        help="What a measured process may hold, as 4GB; one that needs more fails alone. By "
        "default a strategy's is its share of the memory that is free. Linux only.",
        show_default=False,
    ),
]


def bytes_of(memory_limit: str | None) -> int | None:
    """Give the bytes of that option; raises UsageError."""
    return int(units.parse_bytes(memory_limit, "--memory-limit")) if memory_limit else None
