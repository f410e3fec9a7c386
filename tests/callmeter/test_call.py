"""A call: counted, awaited, read to its end, held or folded."""

from __future__ import annotations

import asyncio
from collections import UserList
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.call import Call, Counted, CountError, Loop, count, hold_async, make, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Lazy:
    """Reads when its length is asked for, as Django's QuerySet does."""

    def __init__(self) -> None:
        self.is_read = False

    def __len__(self) -> int:
        self.is_read = True
        return 3


class Query:
    """Only iterating reads it, as SQLAlchemy's Query."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(3))


async def one_by_one() -> AsyncIterator[int]:
    for number in range(3):
        yield number


async def later(result: Any) -> Any:
    await asyncio.sleep(0)
    return result


@pytest.mark.parametrize(
    ("result", "items"),
    [([1, 2], 2), ({1: 2}, 1), ((), 0)] + [(each, None) for each in ("a", b"a", None, 5, list)],
)
def test_the_items_of_a_result(result: object, items: int | None) -> None:
    assert count(result) == items


def test_what_is_called_again_must_give_as_many_items() -> None:
    left = [1, 2, 3]
    counted = Counted(Call(lambda: [left.pop()] if len(left) == 3 else []))
    counted.warm_up()
    assert counted.items == 1
    with pytest.raises(CountError) as caught:
        counted()
    said = "the second call gave no items, the first 1 item: the warm-up changed something"
    assert str(caught.value) == said


def test_what_has_no_items_is_called_again_too() -> None:
    counted = Counted(Call(lambda: None))
    counted.warm_up()
    assert counted() is None
    assert counted.items is None


def test_a_result_that_once_has_items_and_once_has_none_is_found() -> None:
    results = [[1], None]
    counted = Counted(Call(lambda: results.pop()))
    counted.warm_up()
    with pytest.raises(CountError, match="the second call gave 1 item, the first no items"):
        counted()


def test_a_warm_up_of_its_own_gives_whatever_it_gives() -> None:
    warmed: list[int] = []
    counted = Counted(Call(lambda: [1, 2], warm_up=lambda: warmed.append(1)))
    counted.warm_up()
    assert (warmed, counted.items) == ([1], None)
    assert counted() == [1, 2]
    assert counted.items == 2


def test_a_call_may_count_in_its_own_way() -> None:
    counted = Counted(Call(lambda: 7, count=int))
    counted()
    assert counted.items == 7


@pytest.mark.parametrize(
    ("make_result", "held"),
    [
        (lambda: [1, 2], [1, 2]),
        (lambda: iter([1, 2]), [1, 2]),
        (lambda: (n for n in range(3)), [0, 1, 2]),
        (Query, [0, 1, 2]),
        (one_by_one, [0, 1, 2]),
        (lambda: later([1]), [1]),
        (lambda: later(iter([1])), [1]),
        (lambda: UserList([1]), UserList([1])),
        (lambda: "text", "text"),
        (lambda: None, None),
    ],
)
def test_what_is_read_is_held_in_a_plain_and_in_an_async_function(
    make_result: Any, held: object
) -> None:
    loop = Loop()
    try:
        assert reading(make_result, loop)() == held
    finally:
        loop.close()
    assert asyncio.run(hold_async(make_result())) == held


def test_a_lazy_result_is_read() -> None:
    lazy = reading(Lazy, Loop())()
    assert lazy.is_read
    assert asyncio.run(hold_async(Lazy())).is_read


@pytest.mark.parametrize(
    ("make_result", "total"),
    [
        (lambda: [1, 2], 2),
        (lambda: (n for n in range(3)), 3),
        (one_by_one, 3),
        (lambda: later(iter("ab")), 2),
        (lambda: {1: 1, 2: 2}, 2),
        (lambda: "text", None),
        (lambda: None, None),
    ],
)
def test_what_is_folded_is_counted(make_result: Any, total: int | None) -> None:
    loop = Loop()
    try:
        assert reading(make_result, loop, fold=True)() == total
    finally:
        loop.close()


def test_all_that_a_loop_finishes_is_in_one_loop() -> None:
    async def which() -> int:
        return id(asyncio.get_running_loop())

    loop = Loop()
    try:
        assert loop.finish(which()) == loop.finish(which())
        assert loop.finish(5) == 5
    finally:
        loop.close()


def test_nothing_is_awaited_within_an_async_function() -> None:
    async def within() -> None:
        with pytest.raises(RuntimeError, match="cannot await it here, in an async function"):
            Loop().finish(later(1))

    asyncio.run(within())


def test_a_factory_is_found_by_its_name() -> None:
    call = make("callmeter.self_check:make_call", {"case": "no-op"})
    assert call.function() is None
    assert call.count([]) == 1
