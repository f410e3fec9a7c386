"""The pause ends as it began: nested, after an error, between threads; and starves nothing."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager, nullcontext, suppress
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING

import pytest

from strategies.support.gc_pause import paused_gc

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

THRESHOLDS = 600, 8, 9
"""Those of an application that has set its own."""


@pytest.fixture(autouse=True)
def _collector_of_the_application() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
    yield
    gc.enable()
    gc.set_threshold(*before)


@pytest.fixture
def alone() -> Iterator[None]:
    """Without the objects of the tests' process, a quarter of which is no small number."""
    gc.collect()
    gc.freeze()
    gc.collect()
    yield
    gc.unfreeze()


def is_paused() -> bool:
    young, middle, _ = gc.get_threshold()
    return young == THRESHOLDS[0] and middle > 100 * THRESHOLDS[1]


def is_restored() -> bool:
    return gc.isenabled() and gc.get_threshold() == THRESHOLDS


@contextmanager
def paused_in_another_thread() -> Iterator[None]:
    paused, ended = Event(), Event()

    def pause() -> None:
        with paused_gc():
            paused.set()
            ended.wait()

    thread = Thread(target=pause)
    thread.start()
    paused.wait()
    yield
    ended.set()
    thread.join()


class Cyclic:
    """A cycle with itself, which counts how many of it are in memory."""

    alive = 0

    def __init__(self) -> None:
        self.itself = self
        Cyclic.alive += 1

    def __del__(self) -> None:
        Cyclic.alive -= 1


def test_the_outermost_pause_ends_it_also_after_an_error() -> None:
    with suppress(ValueError), paused_gc():
        with paused_gc():
            assert is_paused()
        assert is_paused()
        raise ValueError
    assert is_restored()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with paused_gc():
        made = [Cyclic() for _ in range(1_000)]
        del made
    assert not gc.isenabled()
    assert Cyclic.alive == 1_000
    gc.collect()
    assert Cyclic.alive == 0


@pytest.mark.parametrize("young", [0, 1_000_000])
def test_a_collector_that_hardly_ever_runs_stays_so(young: int) -> None:
    gc.set_threshold(young, 1, 1)
    with paused_gc():
        assert gc.get_threshold() == (young, 10_000, 1)
    assert gc.get_threshold() == (young, 1, 1)


def test_what_the_application_sets_in_a_pause_stays() -> None:
    gc.set_threshold(500, 20_000, 5)
    with paused_gc():
        assert gc.get_threshold() == (500, 20_000, 5)
        gc.set_threshold(400, 4, 4)
        gc.disable()
    assert gc.get_threshold() == (400, 4, 4)
    assert not gc.isenabled()


def test_threads_do_not_end_the_pause_of_one_another() -> None:
    both_in, one_out = Barrier(2), Barrier(2)
    seen = []

    def first() -> None:
        with paused_gc():
            both_in.wait()
        seen.append(is_paused())
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
    assert seen == [True]
    assert is_restored()


def test_a_generator_may_end_in_another_thread() -> None:
    def stream() -> Generator[int, None, None]:
        with paused_gc():
            yield 1

    streamed = stream()
    next(streamed)
    thread = Thread(target=streamed.close)
    thread.start()
    assert not thread.join()
    assert is_restored()


@pytest.mark.parametrize("overlapping", [True, False])
def test_a_finalizer_may_pause(overlapping: bool) -> None:
    """It runs in the middle pass with which a block ends."""

    class Pauses:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            with paused_gc():
                ended.append(self)

    ended: list[Pauses] = []
    with paused_in_another_thread() if overlapping else nullcontext():
        with paused_gc():
            Pauses()
        assert len(ended) == 1
        assert is_paused() is overlapping
    assert is_restored()


def test_new_objects_are_old_afterwards_so_that_no_young_pass_walks_them() -> None:
    with paused_gc():
        made: list[list[object]] = [[] for _ in range(10_000)]
    young, middle, _ = gc.get_count()
    assert len(made) == 10_000
    assert young < 1_000
    assert middle < 100


def test_there_is_no_full_pass_in_a_pause(alone: None) -> None:
    passes: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            passes.append(info["generation"])

    gc.callbacks.append(note)
    try:
        with paused_gc():
            made: list[list[object]] = [[] for _ in range(100_000)]
            in_the_pause = set(passes)
    finally:
        gc.callbacks.remove(note)
    assert len(made) == 100_000
    assert in_the_pause == {0}


def test_cycles_are_freed_while_a_pause_goes_on() -> None:
    with paused_gc():
        for _ in range(10_000):
            Cyclic()
        assert Cyclic.alive < 1_000
    gc.collect()


def test_cycles_are_freed_however_often_it_is_paused() -> None:
    for _ in range(100):
        for _ in range(300):  # too few for the collector to run between two pauses
            Cyclic()
        with paused_gc():
            pass
    assert Cyclic.alive < 1_000
    gc.collect()


@pytest.mark.parametrize("overlapping", [True, False])
def test_cycles_that_became_old_are_freed_too(alone: None, overlapping: bool) -> None:
    """Full passes come by the thresholds, though no pause ends where they would be due."""
    most, held = 0, []
    with paused_in_another_thread() if overlapping else nullcontext():
        for _ in range(100):
            with paused_gc():
                held = [Cyclic() for _ in range(300)]  # its first pass is that of the block's end
            most = max(most, Cyclic.alive)
            del held
    assert most <= (2 if overlapping else 2 * THRESHOLDS[2]) * 300
    assert is_restored()
    gc.collect()


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
    with paused_in_another_thread():
        with paused_gc() if pauses_itself else nullcontext():
            pid = os.fork()
            if pid == 0:
                is_right = is_paused() is pauses_itself
        if pid == 0:
            os._exit(int(not (is_right and is_restored())))
    assert os.waitpid(pid, 0)[1] == 0
    assert is_restored()
