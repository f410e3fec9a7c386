"""How figures, sizes and runs are said: every report, decision and diff says them alike. Pure."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from callmeter.units import Units, digits, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.run import Run
    from harness.runner.plan import Workload

MEGABYTE = 1_000_000
LONGEST_CALL = 20
"""Characters of a call that a heading has room for."""
TOO_MANY = 1000
"""Times that say no more than that one of the two is next to nothing."""


COLUMNS = 100
STACK = {
    "sqlalchemy": "SQLAlchemy",
    "django": "Django",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "psycopg2-binary": "psycopg2",
    "asyncpg": "asyncpg",
    "pydantic": "pydantic",
}
"""Packages that a run names in its first line, of those that its Python has."""


def smaller(ratio: float) -> str:
    """Say a ratio of memory in words: `2.0x smaller`, `1.1x larger`, `the same` within 5%."""
    return _in_words(ratio, "smaller", "larger")


def faster(ratio: float) -> str:
    """Say a ratio of time in words: `2.0x faster`, `1.1x slower`, `the same` within 5%."""
    return _in_words(ratio, "faster", "slower")


def against(said: str, whose: str) -> str:
    """Say a ratio in words and what it is to: `2.0x smaller than whose`, `the same as whose`."""
    return f"{said} {'as' if said == 'the same' else 'than'} {whose}"


def megabytes(size: float) -> str:
    """Say bytes as megabytes, of 1,000,000 bytes."""
    return f"{size / MEGABYTE:,.1f}"


def _in_words(ratio: float, more: str, less: str) -> str:
    if ratio <= 0:  # one of the two is nothing, or less
        return "no ratio"
    if round(ratio, 1) == 1:
        return "the same"
    times, said = (ratio, more) if ratio > 1 else (1 / ratio, less)
    if times > TOO_MANY:
        return f"over {TOO_MANY:,}x {said}"
    return f"{times:.1f}x {said}"


def title_of(workload: Workload, consume: str, counts: Iterable[int] = ()) -> str:
    """Say what is read, and what is done with it; of functions, how many items each call gives."""
    title = _counted(set(counts))
    if workload.is_payroll:
        size = f"{workload.size:,} entries x {workload.components} components"
        title = f"{size}, profile {workload.profile}"
    return f"{title}, folded into a total, nothing kept" if consume == "fold" else title


def _counted(counts: set[int]) -> str:
    if len(counts) > 1:
        return f"{min(counts):,} to {max(counts):,} items a call"
    if not counts:
        return "a call, which has no items to count"
    return "".join(f"{count:,} {many_of(count)} " for count in counts) + "a call"


def many_of(count: int, item: str = "item") -> str:
    """Give the word for so many of them."""
    plural = "entries" if item == "entry" else f"{item}s"
    return item if count == 1 else plural


def ran_on(run: Run) -> str:
    """Give one line on what the run ran on."""
    known = run.header.environment
    stack = [f"{title} {known[name]}" for name, title in STACK.items() if name in known]
    parts = [known["server"], *stack, known["python"], known["system"], _version(known["commit"])]
    return ", ".join(parts) + _on_a_cluster(run)


def _on_a_cluster(run: Run) -> str:
    """Say on how many workers of a cluster a run was measured, and where its times were."""
    places = {each.where for each in run.measurements if each.where}
    if not places:
        return ""
    said = f"; measured on {len(places):,} {'worker' if len(places) == 1 else 'workers'}"
    clocks = {each.where for each in run.measurements if each.where and each.cell.meter == "clock"}
    if not clocks:
        return said
    return f"{said}, times on {clocks.pop() + ' only' if len(clocks) == 1 else len(clocks)}"


def _version(commit: str) -> str:
    return commit if commit.startswith("release ") else f"commit {commit}"


def server_is_elsewhere(run: Run) -> bool:
    """Tell whether the server may be on another machine: `--dsn` named it."""
    return run.header.environment["server"].endswith("(by --dsn)")


def short(name: str) -> str:
    """Give a strategy's name as a heading has room for it: of a function its call, or its name."""
    _, call = where_and_call(name)
    return call if len(call) <= LONGEST_CALL else call.partition("(")[0].rpartition(".")[2]


def where_and_call(name: str) -> tuple[str, str]:
    """Give the module or file of a function of the user's own, and its call; of others no place."""
    where, colon, call = name.partition(".py:") if ".py:" in name else name.partition(":")
    return (f"{where}{colon}", call) if colon else ("", name)


def count(value: float) -> str:
    """Say a number of entries to three digits: `83,200`."""
    return f"{float(f'{value:.2e}'):,.0f}"


def margin(share: float) -> str:
    """Say a margin: `+-2%`, `+-0.5%`."""
    return f"+-{share:.0%}" if share >= 0.0095 else f"+-{share:.1%}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Say `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def wrapped(text: str, first: str = "", others: str = "") -> str:
    """Give the text in lines of 100 columns, behind those indents; words stay whole."""
    return fill(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )


def percent(share: float) -> str:
    """Say a share: `43%`, `0.61%`."""
    return f"{digits(share * 100)}%" if share < 0.01 else f"{share:.0%}"


def exactly(value: float, units: Units) -> str:
    """Say a figure as it was given, to three decimals: `256 MB`, `1.5 s`."""
    one, unit = unit_of(value, units)
    return f"{value / one:,.3f}".rstrip("0").rstrip(".") + f" {unit}"
