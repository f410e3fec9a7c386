"""Texts of every kind for what reads a short one: budgets, limits, targets, DSNs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from callmeter import units
from callmeter.errors import UsageError
from callmeter.plugin.limits import Limits, peak_memory
from callmeter.target import is_target, parse
from harness.analysis import gate
from harness.base.errors import DatabaseError
from harness.base.secret import masked
from harness.postgres.dsn import parse_dsn

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ANY = st.text(st.characters(exclude_categories=()), max_size=20)
DIGITS = st.from_regex(r"[+-]?[0-9]{0,6}(\.[0-9]{0,3})?(e[+-]?[0-9]{1,4})?", fullmatch=True)
UNITS = (*units.MEMORY, *units.TIME, "parsecs", "", "mB", "b", "Mb", "M", "µs")
FIGURES = (*gate.LIMITED, "peek", "", "peak:", "PEAK")
PASSWORD = "hunter2hunter2"
BOMBS = (
    *("(" * 300, "[" * 10_000, "-" * 100_000 + "1", "not " * 50_000 + "x", "a." * 50_000 + "b"),
    *("+".join("1" * 20_000), "f(" * 150 + ")" * 150, "lambda:" * 5_000 + "0", "9" * 10_000),
    *(
        "f'{" * 200,
        "x if y else " * 5_000 + "z",
        "\\" * 1000,
        "'" * 999,
        "#" * 100_000,
        "0" + "[0]" * 9_999,
    ),
)
PYTHON = st.sampled_from(
    (
        "read",
        "(",
        ")",
        "engine",
        "42",
        ",",
        ".",
        "await ",
        "lambda: ",
        "'",
        '"',
        ":",
        "[",
        "]",
        "\n",
        "    ",
        "\\",
        "#",
        "=",
        "for x in y",
        "yield ",
        "\0",
        "\udcff",
        "import os",
        "def f():",
        "*",
        "**",
        ":=",
        "...",
        "9" * 5_000,
        "é",
        "f'{x}'",
    )
)


NUMBERS_AND_UNIT = (
    st.integers(1, 10**4),
    st.integers(1, 10**3),
    st.sampled_from(("kB", "MB", "GB", "KiB", "MiB", "GiB", "ms", "s")),
)


def budgets() -> st.SearchStrategy[str]:
    """Budgets: a number and a unit, or near it."""
    spaces = st.sampled_from(("", " ", "  ", "\t", "\N{NO-BREAK SPACE}", "\n"))
    whole = st.tuples(spaces, DIGITS, spaces, st.sampled_from(UNITS), spaces).map("".join)
    said = st.sampled_from(
        ("256MB", "0", "1e99GB", "-5", "12 parsecs", "infMB", "nan s", "9" * 9999 + "B")
    )
    return whole | said | ANY


def limits() -> st.SearchStrategy[str]:
    """Limits of a gate: a figure and a percentage, of one name or all, or near it."""
    name = st.sampled_from(("", "", "slotted=", "app:read(a=1)=", "=", "slottde="))
    tail = st.sampled_from(("%", "", "%%", " %", "\n%"))
    whole = st.tuples(name, st.sampled_from(FIGURES), st.just(":"), DIGITS, tail)
    return whole.map("".join) | ANY


def targets() -> st.SearchStrategy[str]:
    """Targets and what comes before them: a module and Python, or near it."""
    code = st.lists(PYTHON, max_size=8).map("".join) | ANY | st.sampled_from(BOMBS)
    where = st.sampled_from(
        (
            "app:",
            "app.repo:",
            "own.py:",
            "a b:",
            ":",
            "",
            "class:",
            "../own.py:",
            "\udcff.py:",
            "x" * 5_000 + ".py:",
        )
    )
    return st.tuples(where, code).map("".join)


@st.composite
def dsns(draw: st.DrawFn) -> str:
    """DSNs with a password in them, whole or damaged anywhere but in the password."""
    scheme = draw(
        st.sampled_from(("postgresql", "postgres", "postgresql+psycopg", "mysql", "http", ""))
    )
    junk = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=4)
    at = st.sampled_from(
        ("localhost", "127.0.0.1:1", "[::1]", "a,b", "h:99999", "h:x", "/run", "", "%zz")
    )
    who = draw(st.from_regex(r"[^:/@\s]{0,4}", fullmatch=True))
    url = f"{scheme}://{who}me:{PASSWORD}@{draw(at)}/{draw(junk)}?{draw(junk)}"
    quote = draw(st.sampled_from(("", "'")))
    words = (
        f"host={draw(at)} password={quote}{PASSWORD}{quote} {draw(junk)}={draw(junk)} {draw(junk)}"
    )
    return draw(st.sampled_from((url, words)))


def budget_holds(text: str) -> None:
    """A budget is read, larger for a larger number, or refused in one line."""
    for read, most in ((units.parse_bytes, 10**15), (units.parse_seconds, 86_400)):
        found = refused_or(UsageError, lambda read=read: read(text))
        assert found is None or 0 < found <= most
    marked = refused_or(UsageError, lambda: peak_memory(text, per_item=text))
    memory = refused_or(UsageError, lambda: units.parse_bytes(text))
    assert marked == (None if memory is None else Limits(memory, memory))


def units_hold(number: int, more: int, unit: str) -> None:
    """Of two numbers in one unit the larger is more; 1000 kB are 1 MB and 1024 KiB are 1 MiB."""
    read = units.parse_seconds if unit in units.TIME else units.parse_bytes
    assert read(f"{number}{unit}") < read(f"{number + more} {unit.upper()}")
    for small, times, large in (("kB", 1000, "MB"), ("KiB", 1024, "MiB"), ("MB", 1000, "GB")):
        one, other = f"{number * times}{small}", f"{number}{large}"
        assert units.parse_bytes(one) == units.parse_bytes(other)


def limit_holds(text: str) -> None:
    """A limit is read, and never below what its figure repeats to, or refused in one line."""
    found = refused_or(UsageError, lambda: gate.limits([text]))
    assert found is None or found[0].share >= 0


def target_holds(text: str, setup: str) -> None:
    """A target is read, and can then be compiled, or refused in one line."""
    is_target(text)
    found = refused_or(UsageError, lambda: parse(text, setup))
    if found is not None:
        assert found.names is not None
        assert found.is_called in (True, False)
        found.compiled_call()
        found.compiled_setup()


def dsn_holds(dsn: str) -> None:
    """A DSN is read or refused, and what is said of it has no password in it."""
    try:
        said = repr(parse_dsn(dsn))
    except DatabaseError as error:
        said = str(error)
    assert PASSWORD not in said
    assert PASSWORD not in masked(dsn)


def refused_or(error: type[Exception], read: Callable[[], T]) -> T | None:
    """Give what is read, or None where it was refused as it must be."""
    try:
        return read()
    except error as refused:
        assert str(refused)  # noqa: PT017
        return None
