"""Packed rows are read in order, in parts, by any driver, and nothing is left open."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies.packed_objects import iter_premiums_for_payroll
from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.packing.premiums import PREMIUMS
from strategies.support.packing.reading import ROWS_A_CHUNK, chunks, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

PAYROLL = Payroll(3 * ROWS_A_CHUNK + 1, 3)
DRIVERS = ("psycopg", "psycopg2")


def many() -> list[PremiumEntry]:
    """Return a payroll of one entry, with more components than are cut by what is remembered."""
    (entry,) = entries(Payroll(1, 1, seed=3))
    (component,) = entry.components
    entry.components = [replace(component, id=UUID(int=n)) for n in reversed(range(1_000))]
    return [entry]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written([*entries(PAYROLL), *many()])


@pytest.fixture(params=DRIVERS)
def reader(request: pytest.FixtureRequest, url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    return engine_at(url.set(drivername=f"postgresql+{request.param}"))


def test_children_are_in_the_order_of_their_position(reader: Engine) -> None:
    premiums = many()
    of_payroll = {"payroll_id": premiums[0].payroll_id}
    found = objects(PREMIUMS, reader, of_payroll, PremiumEntry, PremiumComponent)
    assert first_difference(premiums, found) is None


def test_a_chunk_has_no_more_rows_than_it_may(reader: Engine) -> None:
    read = list(chunks(PREMIUMS, reader, {"payroll_id": PAYROLL.id}))
    assert [len(chunk.rows) for chunk in read] == [ROWS_A_CHUNK] * 3 + [1]
    assert sum(sum(chunk.counts) for chunk in read) == PAYROLL.entries * PAYROLL.components


def test_a_stream_that_is_closed_returns_its_connection(reader: Engine) -> None:
    pool: Any = reader.pool
    with closing(chunks(PREMIUMS, reader, {"payroll_id": PAYROLL.id})) as read:
        next(read)
        assert pool.checkedout() == 1
    assert pool.checkedout() == 0


def test_an_error_of_the_reader_returns_the_connection(reader: Engine) -> None:
    def refuse(*_: object) -> None:
        raise LookupError("no such entry")

    with pytest.raises(LookupError) as error:
        list(objects(PREMIUMS, reader, {"payroll_id": PAYROLL.id}, refuse, PremiumComponent))
    assert error.traceback  # which holds the frames
    assert reader.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_psycopg_is_not_needed(url: URL) -> None:
    script = f"""
import sys
sys.modules["psycopg"] = None
from sqlalchemy import create_engine
from uuid import UUID
from strategies import packed_objects
engine = create_engine({url.set(drivername="postgresql+psycopg2").render_as_string(False)!r})
premiums = packed_objects.get_premiums_for_payroll(engine, {PAYROLL.id!r})
print(len(premiums), type(premiums[0].id) is UUID, premiums[0].id)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    first = next(iter(entries(PAYROLL)))
    assert done.stdout.split() == [str(PAYROLL.entries), "True", str(first.id)]


def test_a_stream_has_the_rest_of_its_entries(reader: Engine) -> None:
    stream = iter_premiums_for_payroll(reader, PAYROLL.id)
    first = next(stream)
    assert first_difference(entries(PAYROLL), [first, *stream]) is None
