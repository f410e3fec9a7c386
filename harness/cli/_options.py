"""Options that several commands take, each written once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter import discovery, meters
from callmeter.errors import UsageError
from harness.cli._parser import Option
from harness.cli._readers import count, counts, one_of, path, repeats, seconds, size
from harness.model.cell import Collector
from harness.model.cell import Consume as HowToConsume
from harness.model.fields import MOST_AT_ONCE, MOST_CALLS, MOST_LIVE_OBJECTS, MOST_REPEATS
from harness.model.metrics import BY_NAME, METRICS
from harness.payroll import drivers
from harness.report import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

rare = partial(Option, is_rare=True)
"""An option that is shown by --help-all only."""
ALL_METERS = "all"
BY_PEAK = "peak"
TEXT = "text"
PICTURES = ("badge", "html", "svg")
"""Formats that draw a run, and no other document."""
FOR_TOOLS = ("bencher", "pytest_benchmark")
"""Formats that other tools read: of a run, and no other document."""
RECORDS = ("adr",)
"""Formats that record a decision, and no other document."""
EVERY_FORMAT = sorted(discovery.names(formats), key=lambda name: name != TEXT)
"""The one of the terminal first."""
RUN_FORMATS = [name for name in EVERY_FORMAT if name not in RECORDS]
OTHER_COLLECTORS = [state.value for state in Collector if state is not Collector.DEFAULT]
FORMATS = [name for name in RUN_FORMATS if name not in (*PICTURES, *FOR_TOOLS)]
DECISION_FORMATS = [*FORMATS, *RECORDS]
OF_WHAT = {
    **dict.fromkeys((*PICTURES, *FOR_TOOLS), "a run, by compare, measure, explain and report"),
    **dict.fromkeys(RECORDS, "a decision, by choose"),
}
"""What a format is for that not every command has."""


def one_format(known: Sequence[str]) -> Callable[[str, str], str]:
    """Return what lets these formats through; of another one the error names what it is for."""
    named = one_of("format", known)

    def read(word: str, flag: str) -> str:
        if word in EVERY_FORMAT and word not in known:
            raise UsageError(f"{flag} {word} is for {OF_WHAT[word]}; there are: {', '.join(known)}")
        return named(word, flag)

    return read


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
Driver = Annotated[
    str | None,
    rare(
        "--driver",
        f"Read through this driver, not the one of each strategy: {', '.join(drivers.NAMES)}. "
        "Strategies that do not work with it are left out.",
        one_of("driver", drivers.NAMES),
        "NAME",
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
    int | dict[str, int] | None,
    rare(
        "--repeat",
        "Fresh processes a meter, as 5 or clock=7,rss=5; by default what suits each.",
        repeats(meters.names(), MOST_REPEATS),
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
Collectors = Annotated[
    list[str] | None,
    rare(
        "--collector",
        "A state of the garbage collector to time calls in too; may be repeated. It is paused, as "
        "by default; relaxed (thresholds 50,000, 20, 100); or frozen (gc.freeze() after the "
        "warm-up).",
        one_of("state of the collector", OTHER_COLLECTORS),
        "STATE",
        is_many=True,
    ),
]
LiveObjects = Annotated[
    int | None,
    rare(
        "--live-objects",
        "Objects that the measuring process holds beside the call, as a service does. They are "
        "small instances, tuples and dicts that the garbage collector looks at. By default there "
        "are none, or as many as in a baseline.",
        count(0, MOST_LIVE_OBJECTS),
        "N",
    ),
]
AtOnce = Annotated[
    list[int] | None,
    rare(
        "--at-once",
        "Calls that are made together, in threads or as tasks, as 1,4. Each has a payroll of "
        "that size, or arguments by callmeter.call_number(); all results are held until the last "
        "is there.",
        counts(MOST_AT_ONCE),
        "N,N",
    ),
]
Calls = Annotated[
    int | None,
    rare(
        "--calls",
        "Also measure a worker that makes so many calls one after the other, as 200. Of payrolls "
        "of that size, a tenth and a third in turn, each result let go before the next.",
        count(1, MOST_CALLS),
        "N",
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
    Option(
        "--format",
        f"As {', '.join((*FORMATS, *PICTURES))}. For other tools: {', '.join(FOR_TOOLS)}.",
        one_format(RUN_FORMATS),
        "FORM",
    ),
]
TextFormat = Annotated[
    str, Option("--format", f"As {', '.join(FORMATS)}.", one_format(FORMATS), "FORM")
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
        "Where that Python has no memray, install it with its pip, into a folder of the cache.",
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
