"""Discovery: a strategy is found by its file, and a bad file is named, never skipped."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.payroll import catalog, loading

GOOD = '''"""A label.\n\nMore."""\ndef get_premiums_for_payroll(engine, payroll_id): return []\n'''


ASYNC = GOOD.replace("def ", "async def ")
MODEL = '''"""A label."""
from dataclasses import dataclass

@dataclass
class Entry:
    number: int

def get_premiums_for_payroll(engine, payroll_id): return [Entry(NUMBER)]
'''


def test_every_strategy_has_a_label_of_its_own() -> None:
    labels = [catalog.label(loading.load(name)) for name in loading.names()]
    assert len({*labels}) == len(labels)
    assert not any(label.endswith(".") for label in labels)


def test_a_strategy_may_be_a_file_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    strategy = loading.load(str(path))
    assert catalog.label(strategy) == "A label"
    assert catalog.offers(strategy) is None  # it does not declare what it gives up
    path.write_text(f"{GOOD}GIVES_UP = frozenset()")
    offered = catalog.offers(loading.load(str(path))) or []
    assert "mutable" in offered
    assert "stream" not in offered  # it has no such function


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('"""A label."""', "no function get_premiums_for_payroll"),
        ('"""A label."""\nget_premiums_for_payroll = 3', "no function get_premiums_for_payroll"),
        ('"""A."""\ndef get_premiums_for_payroll(engine): ...', r"must take \(engine, payroll_id"),
        ("def get_premiums_for_payroll(engine, payroll_id): ...", "no docstring"),
        (f'{GOOD}GIVES_UP = ["mutable"]', "GIVES_UP must be a set of traits"),
        (f'{GOOD}GIVES_UP = {{"mutabel"}}', "no trait 'mutabel'; did you mean mutable"),
        (f"{GOOD}GIVES_UP = {{7}}", "no trait '7'"),
        (f"{GOOD}DRIVER = 'asyncpg'", "DRIVER is 'asyncpg'; .* synchronous .*: psycopg, psycopg2"),
        (f"{ASYNC}DRIVER = 'psycopg2'", "DRIVER is 'psycopg2'; .* async .*: asyncpg, psycopg"),
        (f"{ASYNC}def iter_premiums_for_payroll(engine, payroll_id): ...", "either both are async"),
        (f"{GOOD}async def iter_premiums_for_payroll(engine, payroll_id): yield", "or neither is"),
        ("import nothing_of_that_name", "does not import: ModuleNotFoundError"),
        ("def (", "does not import: SyntaxError"),
    ],
)
def test_a_file_that_breaks_the_rules_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(text)
    with pytest.raises(loading.StrategyError, match=rf"wrong\.py: .*{complaint}"):
        loading.load(str(path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("core_row", "did you mean core_rows"),
        ("zzz", "there are: arrow_columns, "),
        ("contract", "there is no strategy 'contract'"),  # support is none
        ("not/there.py", r"no strategy file 'not/there\.py'"),
    ],
)
def test_an_unknown_strategy_has_a_near_miss(name: str, message: str) -> None:
    with pytest.raises(loading.StrategyError, match=message):
        loading.load(name)


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "\udcff", "a\nb", ""])
def test_what_can_be_no_files_name_is_not_there(name: str) -> None:
    with pytest.raises(loading.StrategyError) as refused:
        loading.load(f"{name}.py")
    assert str(refused.value) == f"there is no strategy file {f'{name}.py'!r}"


@given(st.text(st.characters()), st.sampled_from(["", ".py"]), st.sampled_from([1, 5000]))
def test_any_text_is_a_strategy_or_refused_in_one_line(text: str, end: str, times: int) -> None:
    name = text * times + end
    if name in loading.names():
        return
    with pytest.raises(loading.StrategyError) as refused:
        loading.load(name)
    assert len(str(refused.value).splitlines()) == 1


def test_a_strategy_without_a_stream_is_an_error_for_who_wants_one() -> None:
    with pytest.raises(loading.StrategyError, match="offers no iter_premiums_for_payroll"):
        loading.stream(loading.load("full_orm"))


def test_files_of_one_name_are_two_modules_whose_entries_can_be_pickled(tmp_path: Path) -> None:
    made = []
    for number in (1, 2):
        path = tmp_path / str(number) / "mine.py"
        path.parent.mkdir()
        path.write_text(MODEL.replace("NUMBER", str(number)))
        made += loading.load(str(path)).get_premiums_for_payroll(None, None)
    assert [entry.number for entry in made] == [1, 2]
    assert type(made[0]) is not type(made[1])
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


def test_a_file_that_does_not_import_leaves_no_module(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text("1 / 0")
    before = {*sys.modules}
    with pytest.raises(loading.StrategyError):
        loading.load(str(path))
    assert not {name for name in {*sys.modules} - before if name.startswith("strategy_")}


def test_an_async_file_is_awaited_and_has_its_driver(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"{ASYNC}DRIVER = 'psycopg'")
    strategy = loading.load(str(path))
    assert loading.is_async(strategy)
    assert loading.driver(strategy) == "psycopg"
    path.write_text(ASYNC)
    assert loading.driver(loading.load(str(path))) == "asyncpg"
