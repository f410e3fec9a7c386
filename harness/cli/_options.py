"""Options that several commands take, each written once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter import discovery, meters
from harness.cli._parser import Option
from harness.cli._readers import count, one_of, path, seconds, size
from harness.model.cell import Consume as HowToConsume
from harness.model.fields import MOST_REPEATS
from harness.model.metrics import BY_NAME, METRICS
from harness.payroll.generator import Profile
from harness.report import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

rare = partial(Option, is_rare=True)
"""An option that is shown by --help-all only."""
ALL_METERS = "all"
BY_PEAK = "peak"
TEXT = "text"
RUN_FORMATS = sorted(discovery.names(formats), key=lambda name: name != TEXT)
"""Every format, the one of the terminal first."""
PICTURES = ("html", "svg")
"""Formats that draw a run, and no other document."""
FORMATS = [name for name in RUN_FORMATS if name not in PICTURES]


def meters_named(words: Iterable[str] | None) -> list[str] | None:
    """Return the meters, each once; None for all of them, which `all` stands for too."""
    if words is None or ALL_METERS in words:
        return None
    return list(dict.fromkeys(words))


Names = Annotated[
    list[str] | None,
    Option(
        "STRATEGY",
        "Names, or .py files; all, if none is named. The yardsticks and the reference are always "
        "measured too.",
        is_many=True,
    ),
]
Entries = Annotated[
    int, Option("--entries", "Entries of the payroll. 10,000 or 1e4 will do.", count(), "N")
]
Components = Annotated[int, rare("--components", "Components of each entry.", count(0), "N")]
ProfileName = Annotated[
    str,
    Option(
        "--profile",
        "How values repeat: realistic or distinct. With distinct, nothing can be shared.",
        one_of("profile", Profile),
        "P",
    ),
]
Consume = Annotated[
    str,
    rare(
        "--consume",
        "What is done with the items: hold or fold. They are held all at once; or each is let go "
        "when it is read, of what streams.",
        one_of("word for --consume", HowToConsume),
        "HOW",
    ),
]
Dsn = Annotated[
    str | None,
    Option(
        "--dsn",
        "Use this Postgres (14 or newer), not one of its own. All is done in a schema that is "
        "dropped at the end.",
        metavar="DSN",
    ),
]
Cluster = Annotated[
    str | None,
    rare(
        "--cluster",
        "Measure on the workers of a Dask scheduler, as tcp://host:8786. Memory on all of them, "
        "times on one. Needs --dsn, which they all reach.",
        metavar="ADDRESS",
    ),
]
Repeat = Annotated[
    int | None,
    rare(
        "--repeat",
        "Fresh processes a meter; by default what suits each.",
        count(1, MOST_REPEATS),
        "N",
    ),
]
Meters = Annotated[
    list[str] | None,
    Option(
        "--meter",
        f"Measure with this only; may be repeated. There are: {', '.join(meters.names())}; and "
        "all, as by default.",
        one_of("meter", [*meters.names(), ALL_METERS]),
        "METER",
        is_many=True,
    ),
]
Explain = Annotated[
    bool,
    rare(
        "--explain", "Also record where the bytes go. Of several payrolls, at up to 10,000 entries."
    ),
]
Setup = Annotated[
    str | None,
    Option(
        "--setup",
        "Python statements to run before, not measured. The names that they make are known in the "
        "calls.",
        metavar="CODE",
    ),
]
NoWarmUp = Annotated[
    bool, rare("--no-warm-up", "Measure the first call: for one that changes its data.")
]
Sort = Annotated[
    str,
    Option(
        "--sort",
        f"Order of the rows: a metric, or {BY_NAME}. Metrics: {', '.join(METRICS)}.",
        one_of("metric to sort by", [*METRICS, BY_NAME]),
        "KEY",
    ),
]
Metrics = Annotated[
    list[str] | None,
    rare(
        "--metric",
        f"Show this metric; may be repeated. Metrics: {', '.join(METRICS)}.",
        one_of("metric", METRICS),
        "KEY",
        is_many=True,
    ),
]
Wide = Annotated[bool, Option("--wide", "Show every metric, and every note.")]
Format = Annotated[
    str,
    Option("--format", f"One of {', '.join(RUN_FORMATS)}.", one_of("format", RUN_FORMATS), "FORM"),
]
TextFormat = Annotated[
    str, Option("--format", f"One of {', '.join(FORMATS)}.", one_of("format", FORMATS), "FORM")
]
All = Annotated[bool, Option("--all", "Also show what did not change.")]
Output = Annotated[Path | None, Option("--output", "Write it to this file instead.", path, "FILE")]
Force = Annotated[bool, rare("--force", "Replace the files of --output and --save.")]
Save = Annotated[
    Path | None, Option("--save", "Save the run here, not in the cache folder.", path, "FILE")
]
Timeout = Annotated[
    float,
    rare(
        "--timeout",
        "Seconds after which one measurement is given up. 10 min will do.",
        seconds,
        "TIME",
    ),
]
MemoryLimit = Annotated[
    int | None,
    rare(
        "--memory-limit",
        "What a measured process may hold, as 4GB; one that needs more fails alone. By default a "
        "strategy's is its share of the memory that is free. Linux only.",
        size,
        "SIZE",
    ),
]
Python = Annotated[
    str | None,
    rare(
        "--python",
        "Measure with this Python and its packages. It is 3.11 or newer; nothing is installed "
        "beside them.",
        metavar="PATH",
    ),
]
InstallMemray = Annotated[
    bool,
    rare(
        "--install-memray",
        "Where that Python has no memray, install it into a folder of ours. Its pip does that.",
    ),
]
Traceback = Annotated[bool, rare("--traceback", "Also print what Python says of each error.")]


@dataclass(frozen=True)
class View:
    """How a run is shown, and where."""

    sort: Sort = BY_PEAK
    wide: Wide = False
    metric: Metrics = None
    form: Format = TEXT
    output: Output = None


@dataclass(frozen=True)
class Measuring:
    """What measures a run, within what; and where it is saved."""

    save: Save = None
    force: Force = False
    timeout: Timeout = 600
    memory_limit: MemoryLimit = None
    python: Python = None
    install_memray: InstallMemray = False
    traceback: Traceback = False
