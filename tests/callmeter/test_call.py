"""A call: counted, awaited, read to its end, held or folded."""

from __future__ import annotations

import asyncio
from collections import UserList
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.call import Call, Counted, CountError, Loop, count, hold_async, make, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


class Lazy:
    """A collection that is read when its length is asked for, as Django's QuerySet is."""

    is_read = False

    def __len__(self) -> int:
        self.is_read = True
        return 3


class Query:
    """A collection that only iterating reads, as SQLAlchemy's Query."""

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
    [([1, 2], 2), ({1: 2}, 1), ((), 0)] + [(value, None) for value in ("a", b"a", None, 5, list)],
)
def test_the_items_of_a_result(result: object, items: int | None) -> None:
    assert count(result) == items


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ([[1], []], "the second call gave no items, the first 1 item: the warm-up changed"),
        ([None, [1]], "the second call gave 1 item, the first no items: the warm-up changed"),
        ([[1], None], "the second call gave no items, the first 1 item"),
    ],
)  # fmt: skip
def test_a_second_call_must_give_as_many_items(results: list[object], message: str) -> None:
    counted = Counted(Call(lambda: results.pop(0)))
    counted.warm_up()
    with pytest.raises(CountError, match=message):
        counted()


def test_a_call_may_have_another_warm_up_and_another_count() -> None:
    warmed: list[int] = []
    counted = Counted(Call(lambda: 7, warm_up=lambda: warmed.append(1), count=int))
    counted.warm_up()
    assert (warmed, counted.items) == ([1], None)
    assert (counted(), counted.items) == (7, 7)


@pytest.mark.parametrize(
    ("function", "held", "folded"),
    [
        (lambda: [1, 2], [1, 2], 2),
        (lambda: iter([1, 2]), [1, 2], 2),
        (lambda: (n for n in range(3)), [0, 1, 2], 3),
        (Query, [0, 1, 2], 3),
        (one_by_one, [0, 1, 2], 3),
        (lambda: later([1]), [1], 1),
        (lambda: later(iter([1])), [1], 1),
        (lambda: UserList([1]), UserList([1]), 1),
        (lambda: {1: 1, 2: 2}, {1: 1, 2: 2}, 2),
        (lambda: "text", "text", None),
        (lambda: None, None, None),
    ],
)
def test_a_result_is_read_to_its_end(
    function: Callable[[], object], held: object, folded: int | None
) -> None:
    loop = Loop()
    try:
        assert reading(function, loop)() == held
        assert reading(function, loop, fold=True)() == folded
    finally:
        loop.close()
    assert asyncio.run(hold_async(function())) == held


def test_a_lazy_result_is_read() -> None:
    assert reading(Lazy, Loop())().is_read
    assert asyncio.run(hold_async(Lazy())).is_read


def test_nothing_is_awaited_within_an_async_function() -> None:
    async def within() -> None:
        with pytest.raises(RuntimeError, match="cannot await it here, in an async function"):
            Loop().finish(later(1))

    asyncio.run(within())


def test_a_factory_is_found_by_its_name() -> None:
    assert make("callmeter.self_check:make_call", {"case": "no-op"}).function() is None
