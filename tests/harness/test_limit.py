"""A process that asks for more than it may hold is refused, and can still say so."""

from __future__ import annotations

import pytest

from harness import limit
from harness.meters.rss import resident

LARGE = 400_000_000


@pytest.mark.skipif(not limit.IS_POSSIBLE, reason="Linux only")
def test_what_asks_for_more_is_refused_and_after_that_it_may_again() -> None:
    may_hold = resident("VmData") + LARGE // 2
    with pytest.raises(MemoryError), limit.held_to(may_hold):
        bytearray(LARGE)
    with limit.held_to(may_hold):
        assert len(bytearray(LARGE // 8)) == LARGE // 8
    assert len(bytearray(LARGE)) == LARGE


@pytest.mark.skipif(not limit.IS_POSSIBLE, reason="Linux only")
def test_a_limit_is_never_raised() -> None:
    may_hold = resident("VmData") + LARGE // 2
    with limit.held_to(may_hold), limit.held_to(10 * LARGE), pytest.raises(MemoryError):
        bytearray(LARGE)


def test_no_limit_is_none() -> None:
    with limit.held_to(None):
        assert len(bytearray(LARGE)) == LARGE


@pytest.mark.skipif(not limit.IS_POSSIBLE, reason="Linux only")
def test_what_is_free_is_shared() -> None:
    whole, half = limit.share(1), limit.share(2)
    assert whole is not None
    assert half is not None
    assert 0 < half < whole


@pytest.mark.parametrize(
    "error", ["MemoryError (slotted.py:3)", "DatabaseError: out of memory for query result"]
)
def test_an_error_says_what_the_process_may_hold(error: str) -> None:
    assert limit.said(error, 4 * 10**9) == f"{error}: it may hold 4,000 MB (--memory-limit)"
    assert limit.said(error, None) == error


def test_other_errors_have_nothing_to_do_with_it() -> None:
    assert limit.said("ValueError: no", 4 * 10**9) == "ValueError: no"
