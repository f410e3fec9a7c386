"""Odd budgets, targets and DSNs: one clear line or a whole answer, and no password."""

from __future__ import annotations

from contextlib import chdir, suppress
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import strategies as st

from callmeter.errors import UsageError
from callmeter.target import parse
from harness.base.errors import DatabaseError
from harness.postgres.session import open_database
from stress import command
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import NoReturn

RUN, OTHER = (str(ROOT / "results" / f"{name}.jsonl") for name in ("service", "distinct"))
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)

NUMBERS = (
    *("0", "1", "64", "512", "1.5", "0.5", "1e3", "1e999", "1,000", "10,00", "-1", "+1", "1e-9"),
    *("0x10", "nan", "inf", "", "9" * 400, "1_000", ".5", "5.", "1e", "1" + "0" * 15),
    "\N{ARABIC-INDIC DIGIT ONE}",
)
UNITS = ("MB", "mb", "MiB", "kB", "GB", "B", "TB", "s", "ms", "us", "min", "%", "", "M", "bytes")
BUDGET_OF = {
    "choose": ("--memory", "--container", "--base", "--time", "--entries", "--at-once", "--need"),
    "diff": ("--fail-on",),
    "compare": ("--memory-limit", "--timeout", "--repeat", "--sizes", "--entries"),
}

WHERE = ("json", "os.path", "a.b", "own.py", "folder/own.py", "no.py", "import", "", "a b", "1a")
CALLS = (
    *("loads", "f()", "f(1, *a, k=2)", "await f()", "[f() for x in y]", "lambda: 1", "f(", "f)"),
    *("x = 1", "import os", "f'{f()}'", "f\n()", "f()  # \x00", "yield", "1()", "*f", "**f", "..."),
    *("(" * 150 + "f" + ")" * 150, "-" * 3_000 + "1", "f" + "()" * 2_000, "f" + ".a" * 2_000),
    *("a+" * 3_000 + "a", "[" * 90 + "]" * 90, "9" * 5_000, "'\\ud800'", "\u202ef()", "é()", "ﬁ"),
)

SECRETS = ("Zq7-Zq7", "Zq7 Zq7", "Zq7@a/b:Zq7", "Zq7'a\\Zq7", "Zq7%20Zq7", 'Zq7"éZq7')
"""All of a password's parts have the mark."""
SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg", "mysql", "")
HOSTS = (
    "db",
    "127.0.0.1",
    "[::1]",
    "[::1",
    "a,b",
    "a:1,b:2",
    "a,b:1",
    "/run/pg",
    "%2Frun",
    "",
    "é",
)
PORTS = (
    "5432",
    "1,2",
    "1,2,3",
    "0",
    "65536",
    "-1",
    "x",
    "",
    "5432x",
    "9" * 30,
    "\N{ARABIC-INDIC DIGIT ONE}",
)
WORDS = (
    *("host", "hostaddr", "port", "dbname", "user", "sslmode", "options", "connect_timeout"),
    *("application_name", "target_session_attrs", "service", "passfile", "sslpassword", "nonsense"),
)


@st.composite
def budgets(draw: st.DrawFn) -> list[str]:
    """A command with budgets, each an amount, or what is none."""
    name = draw(st.sampled_from(sorted(BUDGET_OF)))
    amount = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(("", " ")), st.sampled_from(UNITS))
    limit = st.tuples(
        st.sampled_from(("peak:", "wall:", "slotted=peak:", ":", "")), amount.map("".join)
    )
    value = amount.map("".join) | limit.map("".join) | TEXT
    words = draw(
        st.lists(st.tuples(st.sampled_from(BUDGET_OF[name]), value), min_size=1, max_size=4)
    )
    rest = {
        "choose": ["--entries=10000", "--run", RUN],
        "diff": [RUN, OTHER],
        "compare": ["slotted"],
    }
    return [name, *rest[name], *(f"{option}={value}" for option, value in words)]


def test_odd_budgets(hold_for: Callable[..., None]) -> None:
    def check(words: list[str], form: str) -> None:
        command.is_whole(form, command.run([*words, "--format", form]))

    hold_for(check, budgets(), st.sampled_from(("text", "json")), examples=500)


def test_odd_targets(hold_for: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def f(): return []\n")

    def check(where: str, call: str, more: str, option: str) -> None:
        text = f"{where}:{call}{more}"
        with chdir(tmp_path):
            with suppress(UsageError):
                target = parse(text)
                assert all(name.isidentifier() for name in target.names)
                assert target.is_called in {True, False}
            done = command.run(["measure", "own.py:f", *option.split(), "--", text])
        assert done.code == 2  # as nothing is measured

    hold_for(
        check,
        st.sampled_from(WHERE) | TEXT,
        st.sampled_from(CALLS) | TEXT,
        st.just("") | TEXT,
        st.sampled_from(("", "--same", "--explain", "--calls 3 --meter calls", "--at-once 2")),
        examples=150,
        takes_seconds=True,
    )


@st.composite
def dsns(draw: st.DrawFn) -> str:
    """A URL, or libpq's words, with a password in it; rarely anything else."""
    secret, host, port = (draw(st.sampled_from(each)) for each in (SECRETS, HOSTS, PORTS))
    names = st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from(HOSTS + PORTS) | TEXT), max_size=3
    )
    words = draw(names)
    if draw(st.integers(0, 2)):
        spelled = quote(secret, safe=draw(st.sampled_from(("", " "))))
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in words)
        where = f"{host}:{port}" if port or draw(st.booleans()) else host
        scheme = draw(st.sampled_from(SCHEMES))
        return f"{scheme}://me:{spelled}@{where}/{draw(st.sampled_from(HOSTS))}?{query}"
    found = [("password", secret), ("host", host), ("port", port), *words]
    quoted = (value.replace("\\", "\\\\").replace("'", "\\'") for _, value in found)
    return " ".join(f"{name}='{value}'" for (name, _), value in zip(found, quoted, strict=True))


def test_odd_dsns(hold_for: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by a driver that repeats all that it is told."""

    def refuse(*words: object, **named: object) -> NoReturn:
        raise psycopg.OperationalError(f"no connection to {words} {named}")

    def check(dsn: str, is_whole: bool) -> None:
        with patch.object(psycopg, "connect", refuse):
            if is_whole:
                done = command.run(["compare", "slotted", "--dsn", dsn])
                assert done.code == 2
                shown = done.err
            else:
                with pytest.raises(DatabaseError) as caught, open_database(dsn):
                    pass
                shown = str(caught.value)
        assert "Zq7" not in shown

    for name in ("PGHOST", "PGPORT", "PGOPTIONS", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    hold_for(check, dsns(), st.sampled_from((True, False, False, False)), examples=400)
