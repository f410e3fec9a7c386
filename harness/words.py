"""How figures, sizes and runs are said: every report, decision and diff says them alike. Pure."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from math import floor, isfinite, log10
from textwrap import fill
from typing import TYPE_CHECKING

from harness.payroll import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.results import Run

Units = tuple[tuple[float, float, str], ...]
MEGABYTE = 1_000_000
LONGEST_CALL = 20
"""Characters of a call that a heading has room for."""
TOO_MANY = 1000
"""Times that say no more than that one of the two is next to nothing."""


COLUMNS = 100
MOST_DIGITS = 1e15
MEMORY_UNITS: Units = ((1e10, 1e9, "GB"), (1e5, 1e6, "MB"), (1e3, 1e3, "kB"), (0, 1, "B"))
TIME_UNITS: Units = ((1, 1, "s"), (1e-3, 1e-3, "ms"), (0, 1e-6, "us"))
"""From that figure on, that many of it are one, and what it is called."""


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


def title_of(entries: int, components: int, profile: str, consume: str) -> str:
    """Say which payroll it is, and what is done with it."""
    title = f"{entries:,} entries x {components} components, profile {profile}"
    if profile == Profile.OWN:
        title = f"{entries:,} {'item' if entries == 1 else 'items'} a call"
    return f"{title}, folded into a total, nothing kept" if consume == "fold" else title


def ran_on(run: Run) -> str:
    """Give one line on what the run ran on."""
    known = defaultdict(lambda: "unknown", run.header.environment)
    return (
        f"{known['server']}, SQLAlchemy {known['sqlalchemy']}, psycopg {known['psycopg']}, "
        f"{known['python']}, {known['system']}, {_version(known['commit'])}{_on_a_cluster(run)}"
    )


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


def item_of(profile: str) -> str:
    """Give what one of a payroll's parts is called: an entry, or an item of the user's own data."""
    return "item" if profile == Profile.OWN else "entry"


def many_of(profile: str) -> str:
    """Give the same in the plural."""
    return "items" if profile == Profile.OWN else "entries"


def short(name: str) -> str:
    """Give a strategy's name as a heading has room for it: of a function its call, or its name."""
    _, call = where_and_call(name)
    return call if len(call) <= LONGEST_CALL else call.partition("(")[0].rpartition(".")[2]


def where_and_call(name: str) -> tuple[str, str]:
    """Give the module or file of a function of the user's own, and its call; of others no place."""
    where, colon, call = name.partition(".py:") if ".py:" in name else name.partition(":")
    return (f"{where}{colon}", call) if colon else ("", name)


def size(value: float, *, up: bool = False) -> str:
    """Say bytes to three digits, rounded up where it must be no less: `127 MB`."""
    return _said(value, MEMORY_UNITS, up=up)


def duration(value: float, *, up: bool = False) -> str:
    """Say seconds to three digits, rounded up where it must be no less: `1.23 s`."""
    return _said(value, TIME_UNITS, up=up)


def count(value: float) -> str:
    """Say a number of entries to three digits: `83,200`."""
    return f"{float(f'{value:.2e}'):,.0f}"


def digits(value: float, *, up: bool = False) -> str:
    """Say a number to three digits, those before the point whole."""
    if not value or not isfinite(value) or value >= MOST_DIGITS:
        return f"{value:.3g}"
    places = max(0, 2 - floor(log10(abs(value))))
    rounding = ROUND_CEILING if up else ROUND_HALF_EVEN
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding)
    return f"{rounded:,}"


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


def _said(value: float, units: Units, *, up: bool) -> str:
    one, unit = _unit(value, units)
    return f"{digits(value / one, up=up)} {unit}"


def exactly(value: float, units: Units) -> str:
    """Say a figure as it was given, to three decimals: `256 MB`, `1.5 s`."""
    one, unit = _unit(value, units)
    return f"{value / one:,.3f}".rstrip("0").rstrip(".") + f" {unit}"


def _unit(value: float, units: Units) -> tuple[float, str]:
    return next((one, unit) for start, one, unit in units if value >= start)
