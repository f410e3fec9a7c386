"""The example of writing: every way writes the payroll, and one that does not is refused."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from examples.writing import __main__ as example
from examples.writing import ways
from examples.writing.tables import difference, emptied, payroll
from harness.payroll.generator import Payroll, Profile, entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import URL, Engine

    from harness.postgres.connection import Database
    from strategies.support.contract import PremiumEntry

PAYROLLS = st.builds(
    Payroll,
    st.integers(1, 12),
    components=st.integers(0, 3),
    profile=st.sampled_from(Profile),
    seed=st.integers(0, 9),
)


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return example.tables(database)


@pytest.fixture(scope="module")
def engine(url: URL) -> Iterator[Engine]:
    """An engine of the example's tables; batches are of fewer entries than there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "BATCH", 5)
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.mark.parametrize("way", example.WAYS)
@settings(max_examples=5)
@given(payroll=PAYROLLS)
def test_every_way_writes_the_payroll(engine: Engine, way: str, payroll: Payroll) -> None:
    premiums = list(entries(payroll))
    getattr(ways, way)(emptied(engine), premiums)
    assert difference(engine, premiums) is None


def test_what_was_written_before_is_gone(engine: Engine) -> None:
    premiums = payroll(3)
    ways.copy(engine, premiums)
    assert difference(emptied(engine), premiums) == "entry 0: too few entries"


def test_a_way_that_writes_other_data_is_refused(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves_one_out(engine: Engine, premiums: Sequence[PremiumEntry]) -> None:
        ways.copy(engine, premiums[:-1])

    monkeypatch.setattr(ways, "copy_binary", leaves_one_out)
    with pytest.raises(SystemExit, match="copy_binary: entry 2: too few entries"):
        example.check(url, 3)


def test_every_way_is_measured() -> None:
    def is_way(value: Any) -> bool:
        return inspect.isfunction(value) and value.__module__ == ways.__name__

    found = {name for name, _ in inspect.getmembers(ways, is_way) if not name.startswith("_")}
    assert found == {*example.WAYS}
