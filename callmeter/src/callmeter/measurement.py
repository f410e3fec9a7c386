"""One call measured: in this process, or in a fresh one."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from callmeter import meters as meters_package
from callmeter.at_once import at_once as at_once_call
from callmeter.at_once import in_tasks, total
from callmeter.call import Call, Counted, Loop, count, hold_async, name_of, own_code, reading
from callmeter.errors import NotAvailableError, NotMeasuredError, UsageError
from callmeter.explanation import Explanation, explain_recorded
from callmeter.recorder import Recorder, tracker, warming
from callmeter.remote_call import dump, load_exception
from callmeter.worker import EXPLAIN, Answer, Job
from callmeter.worker_pool import Environment, ask_once

THIS_PROCESS, FRESH_PROCESS = "this process", "a fresh process"
TIMEOUT = 600.0  # seconds
ALLOCATOR = "allocator"


@dataclass(frozen=True)
class Measurement:
    """What a call needed.

    `values` are those of the metrics by key (`callmeter.meters.metrics`): bytes above what was held
    before the call, or seconds. `items` is the length of its result, None if it has none. `where`
    is "this process" or "a fresh process"; `result` what the call returned, if in this process.
    """

    name: str
    values: dict[str, float]
    items: int | None
    where: str
    result: Any = field(default=None, repr=False)
    explain: Callable[[], Explanation] = field(kw_only=True, repr=False, compare=False)

    @property
    def peak(self) -> int:
        """The most bytes of all allocations during the call, native ones included."""
        return self._bytes("peak")

    @property
    def retained(self) -> int:
        """The bytes of all allocations that live on after the call."""
        return self._bytes("retained")

    @property
    def peak_per_item(self) -> float | None:
        """The peak over the number of items; None if there are none."""
        return self.peak / self.items if self.items else None

    @property
    def retained_per_item(self) -> float | None:
        """What is retained over the number of items; None if there are none."""
        return self.retained / self.items if self.items else None

    @cached_property
    def layers(self) -> Explanation:
        """Which layer, and which place of the code, allocated what.

        Of a call that was measured in a fresh process, it is another call, made in another such
        process when this is first asked for: with psycopg's loaders marked, so that the driver's
        values tell their type. The layers then add up to the figures within 1%, and else exactly.
        Raises NotMeasuredError if that process gives no answer.
        """
        return self.explain()

    def _bytes(self, key: str) -> int:
        if key not in self.values:
            raise AttributeError(f"{key} was not measured: add {ALLOCATOR!r} to the meters")
        return int(self.values[key])


def measure(
    function: Callable[..., Any],
    /,
    *args: Any,
    meters: Sequence[str] = (ALLOCATOR,),
    warm_up: bool = True,
    at_once: int = 1,
    loop: Loop | None = None,
    **kwargs: Any,
) -> Measurement:
    """Measure the call in this process, once by each meter, after a first call that warms up.

    An async function is awaited (in the loop, or one that is made for it), and an iterator's items
    are held in a list. Of `at_once` calls, each in a thread or a task, the results are a list; each
    can have arguments of its own by `callmeter.call_number()`. What came before does not count;
    what other threads do meanwhile does. RSS is best measured by `fresh`: memory that is resident
    already is used again. After a warm-up, tracing (`sys.settrace`: coverage, a debugger) is
    suspended while the call is measured.

    Raises what the call raises; UsageError for a meter that there is not or that needs a fresh
    process; CountError if the measured call gives another number of items than the first;
    NotMeasuredError if something else traces; NotAvailableError without what a meter needs.
    """
    recorder = Recorder()
    with nullcontext(loop) if loop else closing(Loop()) as of_call:
        call = Call(reading(partial(function, *args, **kwargs), of_call), loop=of_call)
        counted = Counted(_at_once(call, at_once, warm_up=warm_up))
        if warm_up:
            with warming() if ALLOCATOR in meters else nullcontext():
                counted.warm_up()
        of_meters = partial(_values_here, counted, meters, recorder)
        values = _untraced(of_meters) if warm_up else of_meters()
    return _measurement(function, values, counted.items, recorder)


async def measure_async(
    function: Callable[..., Awaitable[Any] | Any],
    /,
    *args: Any,
    warm_up: bool = True,
    at_once: int = 1,
    **kwargs: Any,
) -> Measurement:
    """Measure the call in the event loop that runs, by the allocator meter: `await` this.

    Of `at_once` calls, each is a task, and the results are a list. What other tasks of the loop do
    meanwhile counts too. Raises as `measure` does.
    """
    _check_warm(at_once, warm_up=warm_up)
    recorder = Recorder()
    counted = Counted(Call(lambda: None))
    call = partial(function, *args, **kwargs)
    made = partial(in_tasks, call, at_once) if at_once > 1 else call

    def items(result: Any) -> int | None:
        return total(map(count, result)) if at_once > 1 else count(result)

    if warm_up:
        with warming():
            counted.note(items(await hold_async(made())))
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    if warm_up:  # as in _untraced: suspended and resumed in one frame
        sys.settrace(None)
        threading.settrace(None)
    try:
        with recorder.file() as path:
            tracking = tracker(path, native=True)
            gc.collect()
            with tracking:  # in the frame that calls, as in `recorder.record`
                recorder.result = await hold_async(made())
                gc.collect()
    finally:
        threading.settrace(of_threads)
        sys.settrace(tracer)
    counted.note(items(recorder.result))
    return _measurement(function, recorder.values, counted.items, recorder)


def measure_body(name: str, body: Callable[[], object]) -> Measurement:
    """Measure what is done in a test, say, without a warm-up. Raises as `measure` does."""
    recorder = Recorder()
    recorder.record(body)
    return replace(_measurement(body, recorder.values, None, recorder), name=name)


def fresh(
    function: Callable[..., Any],
    /,
    *args: Any,
    meters: Sequence[str] = (ALLOCATOR,),
    warm_up: bool = True,
    timeout: float = TIMEOUT,
    python: str = sys.executable,
    at_once: int = 1,
    calls: int = 0,
    **kwargs: Any,
) -> Measurement:
    """Measure the call in fresh processes, one for each meter, after a first call that warms up.

    The function goes by its name in its module, its arguments as copies. It is called `at_once` as
    in `measure`; by the meter `calls`, so many `calls` one after the other. `python` is another
    interpreter's path; it must find the function's module as this one does, but for what is
    installed here. After `timeout` seconds a process is killed.

    Raises what the call raises; TargetError if it cannot be made in another process;
    NotMeasuredError if that gives no answer, NotAvailableError without what a meter needs.
    """
    for meter in meters:
        if meters_package.is_of_calls(meter) and calls < 1:
            raise UsageError(f"the meter {meter} makes many calls: add calls=100, say")
    _check_warm(at_once, warm_up=warm_up)
    environment = Environment(python)
    arguments = dump(function, args, kwargs)
    if python != sys.executable:
        theirs = [entry for entry in arguments["path"] if not _is_of_this_python(entry)]
        arguments |= {"path": theirs, "file": None}  # a module of its own library is elsewhere
    factory = "callmeter.remote_call:make_call"

    def ask(task: str) -> Answer:
        job = Job(
            factory,
            arguments,
            task,
            warm_up=warm_up,
            at_once=at_once,
            calls=calls,
            keep_exception=True,
        )
        return _checked(ask_once(job, timeout, environment))

    answers = [ask(meter) for meter in meters]
    values = {key: value for answer in answers for key, value in answer.values.items()}
    items = next((answer.items for answer in answers if answer.items is not None), None)

    def explain() -> Explanation:
        found = ask(EXPLAIN).explanation
        if found is None:
            raise NotMeasuredError("the fresh process explained nothing")
        return Explanation.from_json(found)

    return Measurement(name_of(function), values, items, FRESH_PROCESS, explain=explain)


def _at_once(call: Call, count: int, *, warm_up: bool) -> Call:
    _check_warm(count, warm_up=warm_up)
    return at_once_call(call, count) if count > 1 else call


def _check_warm(at_once: int, *, warm_up: bool) -> None:
    """Raise UsageError for a number that is none, and for first calls that are made at once."""
    if at_once < 1:
        raise UsageError(f"at_once={at_once}: it is 1 or more")
    if at_once > 1 and not warm_up:
        raise UsageError("calls at once need a warm-up, which makes one alone first")


def _measurement(
    function: Callable[..., Any], values: dict[str, float], items: int | None, recorder: Recorder
) -> Measurement:
    """Return what was measured of the function in this process."""
    own = own_code(getattr(function, "__module__", None))
    explain = partial(explain_recorded, recorder.recording, own)
    name = name_of(function)
    return Measurement(name, values, items, THIS_PROCESS, recorder.result, explain=explain)


def _untraced(function: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Call while no coverage or debugger traces: what that allocates is not the function's.

    Suspended and resumed in one frame: coverage matches the frames entered with those left.
    """
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return function()
    finally:
        threading.settrace(of_threads)
        sys.settrace(tracer)


def _values_here(counted: Counted, meters: Sequence[str], recorder: Recorder) -> dict[str, float]:
    values: dict[str, float] = {}
    for meter in meters:
        if meter == ALLOCATOR:
            recorder.record(counted)
            values |= recorder.values
            continue
        module = meters_package.load(meter)
        if getattr(module, "OF_MAKING", False) or meters_package.is_of_calls(meter):
            raise UsageError(f"the meter {meter} needs a fresh process: callmeter.fresh(...)")
        values |= module.measure(counted)
    return values


def _checked(answer: Answer) -> Answer:
    """Return an answer with values; raise what went wrong instead."""
    if answer.unavailable:
        raise NotAvailableError(answer.unavailable)
    if raised := load_exception(answer.exception):
        raise raised
    if answer.error:
        raise NotMeasuredError(answer.error)
    return answer


def _is_of_this_python(entry: str) -> bool:
    """Whether an entry of the path is of what is installed here, and not of the application."""
    return Path(entry).is_relative_to(sys.prefix) or Path(entry).is_relative_to(sys.base_prefix)
