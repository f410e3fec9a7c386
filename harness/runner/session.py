"""From a plan to a run, in Python: `harness.compare`, `harness.measure` and `harness.explain`.

Nothing is printed. What else they take by name are the fields of `harness.runner.record.Settings`:
`save`, `dsn`, `python`, `timeout`, `progress` and others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from callmeter import meters as meters_package
from callmeter.errors import UsageError, unknown
from callmeter.target import is_target
from harness.model.cell import Consume
from harness.payroll import catalog, loading
from harness.payroll.generator import Payroll, Profile
from harness.runner import plan
from harness.runner.functions import Functions, function_run, targets_by_name
from harness.runner.installed import installed
from harness.runner.record import Settings, with_local_path
from harness.runner.strategy_run import strategy_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from harness.model.run import Run

    Word = TypeVar("Word", bound=StrEnum)


def compare(
    *names: str,
    entries: int | Sequence[int] = 1_000,
    components: int = 6,
    profile: str = Profile.REALISTIC,
    consume: str = Consume.HOLD,
    meters: Sequence[str] | None = None,
    repeat: int | None = None,
    explain: bool = False,
    **settings: Any,
) -> Run:
    """Measure strategies, all if none is named, on a payroll of each size; return the run.

    `meters` are all, and `repeat` what suits each, unless they are given. To `consume` entries is
    to `hold` them in a list, or to `fold` a stream into a total. With `explain`, where the bytes go
    is recorded too.
    """
    chosen_settings = Settings(**settings)
    how, payrolls = (
        _word("word for --consume", Consume, consume),
        _payrolls(entries, components, profile),
    )
    chosen = _to_compare(names, how)
    cells = plan.of_comparison(chosen, payrolls, meters, repeat, how, explain=explain)
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
    repeat: int | None = None,
    explain: bool = False,
    warm_up: bool = True,
    **settings: Any,
) -> Run:
    """Measure functions, as `package.module:function` names them; return the run.

    The first is the reference. With `same`, all must return its data, but for the fields to
    `ignore`. `setup` are statements to run before the targets are imported.
    """
    chosen = Settings(**settings)
    if not targets:
        raise UsageError("name what to measure: package.module:function")
    if chosen.dsn or chosen.cluster:
        raise UsageError("--dsn and --cluster are for strategies: a function connects by itself")
    functions = Functions(
        targets_by_name(targets, setup),
        meters_package.names() if meters is None else list(dict.fromkeys(meters)),
        repeat,
        _word("word for --consume", Consume, consume),
        same,
        ignore,
        warm_up,
        explain,
    )
    return function_run(functions, chosen)


def explain(
    *names: str,
    entries: int = 1_000,
    components: int = 6,
    profile: str = Profile.REALISTIC,
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
    (payroll,) = _payrolls(entries, components, profile)
    cells = plan.at_most_a_run(plan.explanations(chosen_strategies(names), payroll))
    return strategy_run(cells, Settings(**settings))


def _payrolls(entries: int | Sequence[int], components: int, profile: str) -> list[Payroll]:
    """Return a payroll of each size; raises UsageError for what is no size."""
    sizes = [entries] if isinstance(entries, int) else sorted(set(entries))
    if not sizes or sizes[0] < 1 or components < 0:
        raise UsageError("a payroll has 1 entry or more, of 0 components or more")
    return [Payroll(size, components, _word("profile", Profile, profile)) for size in sizes]


def chosen_strategies(names: Iterable[str]) -> list[str]:
    """Return the strategies, each once; a file's path from here, as a run is published."""
    return list(dict.fromkeys(map(with_local_path, names)))


def _to_compare(names: Sequence[str], consume: Consume) -> list[str]:
    """Return the strategies to compare; raises StrategyError for one that offers no stream."""
    if consume is Consume.HOLD:
        return plan.with_reference(chosen_strategies(names or loading.names()))
    chosen = chosen_strategies(names or catalog.streaming())
    for name in chosen:
        if not catalog.describe(name).streams:
            raise loading.StrategyError(f"{name}: it offers no iter_premiums_for_payroll")
    return chosen


def _word(what: str, words: type[Word], word: str) -> Word:
    if word not in list(words):
        raise unknown(what, word, words)
    return words(word)
