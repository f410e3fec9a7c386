"""From a plan to a run, in Python: `harness.compare`, `harness.measure` and `harness.explain`.

Nothing is printed. What else they take by name are the fields of `harness.runner.record.Settings`:
`save`, `dsn`, `python`, `timeout`, `progress` and others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from callmeter.errors import UsageError, unknown
from callmeter.target import is_target
from harness.model.cell import Collector, Consume, workload_of
from harness.model.fields import MOST_AT_ONCE, MOST_CALLS, MOST_REPETITION
from harness.payroll import catalog, loading
from harness.payroll.generator import Payroll, Profile
from harness.runner import plan
from harness.runner.functions import Functions, function_run, targets_by_name
from harness.runner.installed import installed, of_driver
from harness.runner.record import Settings, with_local_path
from harness.runner.strategy_run import strategy_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from harness.model.cell import Workload
    from harness.model.run import Run

    Word = TypeVar("Word", bound=StrEnum)


def compare(
    *names: str,
    entries: int | Sequence[int] = 1_000,
    components: int = 6,
    profile: str = Profile.REALISTIC,
    repetition: int | Sequence[int] = 1,
    at_once: int | Sequence[int] = 1,
    calls: int = 0,
    consume: str = Consume.HOLD,
    meters: Sequence[str] | None = None,
    repeat: plan.Repeats = None,
    explain: bool = False,
    collectors: Sequence[str] | None = None,
    **settings: Any,
) -> Run:
    """Measure strategies, all if none is named, on a payroll of each size; return the run.

    The pools of values are `repetition` times larger; of several, there is a payroll for each at
    each size. `at_once` is how many calls are made together, each on a payroll of that size; with
    `calls`, one worker also makes so many one after the other. `meters` are all, and `repeat` what
    suits each, unless they are given. To `consume` entries is to `hold` them in a list, or to
    `fold` a stream: to read each and let it go. With `explain`, where the bytes go is recorded too.
    `collectors` are the states of the garbage collector that a call is timed in beside the default:
    paused, by default, relaxed, frozen.
    """
    chosen_settings = Settings(**settings)
    how = _word("word for --consume", Consume, consume)
    chosen = to_compare(names, how)
    cells = plan.of_comparison(
        chosen,
        workloads_of(entries, components, profile, repetition, at_once),
        meters,
        repeat,
        how,
        explain=explain,
        collectors=_collectors(collectors, meters),
        calls=_calls(calls, how),
    )
    cells = of_driver(cells, chosen_strategies(names), chosen_settings)
    if chosen_settings.python is None:
        cells = installed(cells, chosen if names else (), chosen_settings.notice)
    return strategy_run(cells, chosen_settings)


def measure(
    *targets: str,
    setup: str | None = None,
    same: bool = False,
    ignore: Sequence[str] = (),
    consume: str = Consume.HOLD,
    meters: Sequence[str] | None = None,
    repeat: plan.Repeats = None,
    explain: bool = False,
    warm_up: bool = True,
    collectors: Sequence[str] | None = None,
    at_once: int | Sequence[int] = 1,
    calls: int = 0,
    **settings: Any,
) -> Run:
    """Measure functions, as `package.module:function` names them; return the run.

    The first is the reference. `at_once` and `calls` are as of `compare`; each call can have
    arguments of its own by `callmeter.call_number()`. With `same`, all must return its data, but
    for the fields to `ignore`. `setup` are statements to run before the targets are imported.
    """
    chosen = Settings(**settings)
    if not targets:
        raise UsageError("name what to measure: package.module:function")
    how = _word("word for --consume", Consume, consume)
    functions = Functions(
        targets_by_name(targets, setup),
        plan.meters_for(meters, calls),
        repeat,
        how,
        same=same,
        ignore=ignore,
        warm_up=warm_up,
        explain=explain,
        collectors=_collectors(collectors, meters, warm_up=warm_up),
        at_once=numbers_at_once(at_once, warm_up=warm_up),
        calls=_calls(calls, how),
    )
    return function_run(functions, chosen)


def explain(
    *names: str,
    entries: int = 1_000,
    components: int = 6,
    profile: str = Profile.REALISTIC,
    repetition: int = 1,
    setup: str | None = None,
    warm_up: bool = True,
    **settings: Any,
) -> Run:
    """Record where the bytes of strategies on a payroll go, or those of functions."""
    if not names:
        raise UsageError("name what to explain: strategies or functions")
    if any(map(is_target, names)):
        return measure(*names, setup=setup, meters=(), explain=True, warm_up=warm_up, **settings)
    if setup or not warm_up:
        raise UsageError("--setup and --no-warm-up are for functions, not for strategies")
    (payroll,) = payrolls_of(entries, components, profile, repetition)
    strategies, chosen = chosen_strategies(names), Settings(**settings)
    cells = plan.at_most_a_run(plan.explanations(strategies, workload_of(payroll)))
    return strategy_run(of_driver(cells, strategies, chosen), chosen)


def workloads_of(
    entries: int | Sequence[int],
    components: int,
    profile: str,
    repetition: int | Sequence[int],
    at_once: int | Sequence[int],
) -> list[Workload]:
    """Return each payroll, read by each number of calls; raises UsageError for what is none."""
    return [
        workload_of(payroll, count)
        for payroll in payrolls_of(entries, components, profile, repetition)
        for count in numbers_at_once(at_once)
    ]


def payrolls_of(
    entries: int | Sequence[int], components: int, profile: str, repetition: int | Sequence[int]
) -> list[Payroll]:
    """Return a payroll of each size and repetition; raises UsageError for what is none."""
    sizes, repetitions = (
        [numbers] if isinstance(numbers, int) else sorted(set(numbers))
        for numbers in (entries, repetition)
    )
    of_profile = _word("profile", Profile, profile)
    if not sizes or sizes[0] < 1 or components < 0:
        raise UsageError("a payroll has 1 entry or more, of 0 components or more")
    if not repetitions or not 1 <= repetitions[0] <= repetitions[-1] <= MOST_REPETITION:
        raise UsageError(f"--repetition is between 1 and {MOST_REPETITION:,}")
    if of_profile is not Profile.REALISTIC and repetitions != [1]:
        raise UsageError(
            f"--repetition makes the pools of values larger, and the profile {profile} has none"
        )
    return [
        Payroll(size, components, of_profile, repetition=times)
        for size in sizes
        for times in repetitions
    ]


def numbers_at_once(counts: int | Sequence[int], *, warm_up: bool = True) -> list[int]:
    """Return the numbers of calls at once; raises UsageError for what is none, or cannot be."""
    found = [counts] if isinstance(counts, int) else sorted(set(counts))
    if not found or not 1 <= found[0] <= found[-1] <= MOST_AT_ONCE:
        raise UsageError(f"--at-once is between 1 and {MOST_AT_ONCE:,}")
    if found[-1] > 1 and not warm_up:
        raise UsageError("--at-once needs a warm-up, which makes one call alone first")
    return found


def _calls(calls: int, consume: Consume) -> int:
    """Return the number of calls of one worker; raises UsageError for none."""
    if not 0 <= calls <= MOST_CALLS:
        raise UsageError(f"--calls is between 0 and {MOST_CALLS:,}")
    if calls and consume is Consume.FOLD:
        raise UsageError("--calls is of lists, each let go before the next: leave --consume fold")
    return calls


def chosen_strategies(names: Iterable[str]) -> list[str]:
    """Return the strategies, each once; a file's path from here, as a run is published."""
    return list(dict.fromkeys(map(with_local_path, names)))


def to_compare(names: Sequence[str], consume: Consume) -> list[str]:
    """Return the strategies to compare; raises StrategyError for one that offers no stream."""
    if consume is Consume.HOLD:
        return plan.with_reference(chosen_strategies(names or loading.names()))
    chosen = chosen_strategies(names or catalog.streaming())
    for name in chosen:
        if not catalog.describe(name).streams:
            raise loading.StrategyError(f"{name}: it offers no iter_premiums_for_payroll")
    return chosen


def _collectors(
    named: Sequence[str] | None, meters: Sequence[str] | None, *, warm_up: bool = True
) -> Sequence[Collector]:
    """Return the states to time calls in; raises UsageError where no warm call is timed."""
    if named is None:
        return plan.COLLECTORS
    if named and not (warm_up and (meters is None or "clock" in meters)):
        raise UsageError("--collector needs --meter clock, and a warm-up: calls are timed in it")
    return [_word("state of the collector", Collector, name) for name in dict.fromkeys(named)]


def _word(what: str, words: type[Word], word: str) -> Word:
    if word not in list(words):
        raise unknown(what, word, words)
    return words(word)
