"""The pause ends as it began: nested, after an error, and between threads."""

from __future__ import annotations

import gc
import os
from contextlib import nullcontext, suppress
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING

import pytest

from strategies.support.gc_pause import paused_gc

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _collector_runs() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_the_outermost_pause_ends_it_also_after_an_error() -> None:
    with suppress(ValueError), paused_gc():
        with paused_gc():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with paused_gc():
        pass
    assert not gc.isenabled()


def test_threads_do_not_end_the_pause_of_one_another() -> None:
    both_in, one_out = Barrier(2), Barrier(2)
    seen = []

    def first() -> None:
        with paused_gc():
            both_in.wait()
        seen.append(gc.isenabled())
        one_out.wait()

    def second() -> None:
        with paused_gc():
            both_in.wait()
            one_out.wait()

    threads = [Thread(target=first), Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [False]
    assert gc.isenabled()


def test_new_objects_are_old_afterwards_so_that_no_young_pass_walks_them() -> None:
    with paused_gc():
        made: list[list[object]] = [[] for _ in range(10_000)]
    young, middle, _ = gc.get_count()
    assert len(made) == 10_000
    assert young < 1_000
    assert middle < 100


def test_cycles_are_freed_however_often_it_is_paused() -> None:
    class Cyclic:
        def __init__(self) -> None:
            self.itself = self

    for _ in range(100):
        for _ in range(300):  # too few for the collector to run between two pauses
            Cyclic()
        with paused_gc():
            pass
    assert sum(type(found) is Cyclic for found in gc.get_objects()) < 1_000


def test_what_the_application_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with paused_gc():
            pass
        assert gc.get_freeze_count() == frozen > 0
    finally:
        gc.unfreeze()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("pauses_itself", [True, False])
def test_a_child_forked_in_a_pause_has_its_collector_again(pauses_itself: bool) -> None:
    """Of the pauses of its parent only that of the thread that goes on in it can end there."""
    paused, forked = Event(), Event()

    def pause_in_another_thread() -> None:
        with paused_gc():
            paused.set()
            forked.wait()

    thread = Thread(target=pause_in_another_thread)
    thread.start()
    paused.wait()
    with paused_gc() if pauses_itself else nullcontext():
        pid = os.fork()
        if pid == 0:
            is_right = gc.isenabled() is not pauses_itself
    if pid == 0:
        os._exit(int(not (is_right and gc.isenabled())))
    forked.set()
    thread.join()
    assert os.waitpid(pid, 0)[1] == 0
    assert gc.isenabled()
