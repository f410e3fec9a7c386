"""A pool: right values whatever comes, bounded memory, and few objects where values repeat."""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any
from uuid import uuid1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.support import sharing
from strategies.support.sharing import SMALLEST, Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHUNK = 200


class Value:
    """What a pool makes: as large as it may be, it is counted by its identity."""

    def __init__(self, raw: object) -> None:
        self.raw = raw


class Use:
    """A pool in use: what it made, and the most that it held at once."""

    def __init__(self, bound: int | None = None, chunk: int | None = CHUNK) -> None:
        self.made = self.held = 0
        self.pool = Pool(self._make, bound)
        self._chunk = chunk

    def _make(self, raw: object) -> Value:
        self.made += 1
        return Value(raw)

    def look_up(self, raws: Iterable[Any]) -> list[Value]:
        """Return the values, chunk by chunk, or one by one where there is no chunk."""
        found: list[Value] = []
        waiting = iter(raws)
        while some := list(islice(waiting, self._chunk or CHUNK)):
            found += self.pool.values(some) if self._chunk else [self.pool[raw] for raw in some]
            self.held = max(self.held, entries(self.pool))
        return found


def entries(pool: Pool) -> int:
    """Return how many values a pool holds in all."""
    return len(pool) + len(pool._old) + len(pool._tried or ())


def drawn(universe: int, lookups: int, seed: int = 0) -> list[bytes]:
    """Return raw values drawn from as many as the universe has."""
    draw = random.Random(seed).randrange  # noqa: S311
    return [b"%d" % draw(universe) for _ in range(lookups)]


def distinct(lookups: int) -> list[bytes]:
    return [b"id %d" % n for n in range(lookups)]


ways = pytest.mark.parametrize("chunk", [None, 1, CHUNK], ids=["single", "chunk of 1", "chunk"])
raws = st.integers(0, 3) | st.text(max_size=2) | st.none() | st.tuples(st.integers(0, 3))


@st.composite
def sequences(draw: st.DrawFn) -> list[Any]:
    """Raw values of phases: few that repeat, many that do not, in turn; or any at all."""
    phases = draw(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), max_size=6))
    numbers = count(10_000)
    made: list[Any] = draw(st.lists(raws, max_size=30))
    for length, universe in phases:
        fresh = universe > 300
        made += [next(numbers) if fresh else n * 7919 % universe for n in range(length)]
    return made


@given(
    raws=sequences(),
    chunks=st.lists(st.integers(1, 300), min_size=1),
    bound=st.sampled_from([None, 1, 2, 7, 64, 100, 1024]),
)
def test_the_values_are_those_made_in_order_and_a_bound_holds(
    raws: list[Any], chunks: list[int], bound: int | None
) -> None:
    pool = Pool(lambda raw: (raw,), bound)
    waiting, sizes = iter(raws), iter(chunks * (len(raws) + 1))
    found = []
    for raw in waiting:
        chunk = [raw, *islice(waiting, next(sizes) - 1)]
        found += pool.values(chunk) if len(chunk) > 1 else [pool[raw]]
        assert entries(pool) <= 2 * (bound or len(raws))
    assert found == [(raw,) for raw in raws]


@ways
def test_a_column_that_repeats_is_shared(chunk: int | None) -> None:
    use = Use(chunk=chunk)
    values = use.look_up(drawn(20, 6_000))
    assert len({*map(id, values)}) <= 20 * 1.5
    assert use.held <= 2 * SMALLEST


@ways
def test_a_column_of_distinct_values_is_given_up(chunk: int | None) -> None:
    use = Use(chunk=chunk)
    use.look_up(distinct(60_000))
    assert use.made == 60_000
    assert use.held <= 4 * SMALLEST
    assert entries(use.pool) == 0


@ways
@pytest.mark.parametrize("before", [SMALLEST, 1_000, 20_000])
def test_a_column_that_repeats_after_all_is_shared_again(chunk: int | None, before: int) -> None:
    use = Use(chunk=chunk)
    use.look_up(distinct(before))
    values = use.look_up(drawn(300, 30_000))
    assert use.made - before <= 30_000 / 4  # a stretch is passed over before it is looked at
    assert len({*map(id, values[15_000:])}) <= 300 * 1.5


@ways
def test_values_that_repeat_nearby_are_shared_by_a_small_pool(chunk: int | None) -> None:
    """Two insured persons an entry, in turn, each entry's its own."""
    use = Use(chunk=chunk)
    use.look_up(b"%d/%d" % (n // 6, n % 2) for n in range(60_000))
    assert use.made <= 20_000 * 1.1
    assert use.held <= 8 * SMALLEST


@ways
@pytest.mark.parametrize("lookups", [6_000, 60_000])
@pytest.mark.parametrize("universe", [300, 1_000, 3_000, 6_000, 15_000])
def test_few_more_objects_are_made_than_there_are_values(
    universe: int, lookups: int, chunk: int | None
) -> None:
    """Most of them are made before there is evidence that values repeat."""
    raws = drawn(universe, lookups)
    use = Use(chunk=chunk)
    use.look_up(raws)
    assert use.made <= 1.75 * len({*raws})
    assert use.held <= len({*raws}) + 2 * SMALLEST


COLUMNS = {
    "few": drawn(20, 6_000),
    "hundreds": drawn(300, 12_000),
    "thousands": drawn(3_000, 12_000),
    "as many as half": drawn(15_000, 30_000),
    "two columns": [*chain(*zip(drawn(15, 6_000), drawn(1_500, 6_000), strict=True))],
    "nearby": [b"%d/%d" % (n // 6, n % 2) for n in range(12_000)],
    "distinct": distinct(12_000),
}
"""Columns of every kind: what a constant is fitted to one of them, another finds out."""
VARIED = [
    *(("SMALLEST", size) for size in (32, 128, 256)),
    *(("AGAIN", share) for share in (1 / 16, 1 / 4)),
    *(("WATCHED", one_in) for one_in in (8, 128)),
    *(("MOST_PASSED", looks) for looks in (4, 64)),
]


@pytest.mark.parametrize(("name", "value"), VARIED)
@pytest.mark.parametrize("column", COLUMNS)
def test_no_constant_is_fitted(
    name: str, value: float, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is objects made and entries held, which are about as large."""
    before = memory(COLUMNS[column])
    monkeypatch.setattr(sharing, name, value)
    after = memory(COLUMNS[column])
    assert after <= 1.75 * before + 4 * sharing.SMALLEST
    assert before <= 1.75 * after + 4 * SMALLEST


def memory(raws: Sequence[Any]) -> int:
    use = Use()
    use.look_up(raws)
    return use.made + use.held


@pytest.mark.parametrize("bound", [64, 1024, 4096])
def test_a_bound_costs_what_does_not_fit(bound: int) -> None:
    use = Use(bound)
    use.look_up(drawn(15_000, 60_000))
    assert use.held <= 2 * bound


@pytest.mark.parametrize("bound", [1, SMALLEST, None])
def test_threads_may_share_a_pool(bound: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.getswitchinterval()
    monkeypatch.setattr(sharing, "MOST_PASSED", 1)
    pool = Pool(Value, bound)

    def read(seed: int) -> bool:
        raws = random.Random(seed).choices(range(400), k=5_000)  # noqa: S311
        return all(pool[raw].raw == raw for raw in raws)

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert all(threads.map(read, range(8)))
    finally:
        sys.setswitchinterval(before)


def test_a_version_1_uuid_is_not_taken_for_another() -> None:
    """Those of one machine differ in their highest bits alone."""
    pool = Pool(Value)
    pool.values([uuid1(node=1, clock_seq=1).int for _ in range(1_000)])
    assert not pool
