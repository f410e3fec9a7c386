"""How what is measured is named: a workload in a title, a call where there is little room. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from harness.model.cell import Consume, how_values_repeat
from harness.report.format import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.cell import Workload
    from harness.model.summary import Summary

LONGEST_CALL = 20
"""Characters of a call that a heading has room for."""


def title_of(workload: Workload, consume: str, counts: Iterable[int] = ()) -> str:
    """Return what is read and what is done with it; of functions, the items of a call."""
    if workload.is_payroll:
        kind = (workload.components, workload.profile, workload.repetition)
        title = title_of_payroll(workload.size or 0, *kind)
    else:
        title = _items_of_a_call({*counts})
    if workload.at_once > 1:
        title += f", {workload.at_once:,} calls at once"
    return f"{title}, each let go once read" if consume == Consume.FOLD else title


def title_of_payroll(entries: int, components: int, profile: str | None, repetition: int) -> str:
    """Return which payroll it is: `1,000 entries x 6 components, profile realistic, pools 5x`."""
    size = f"{counted(entries, 'entry')} x {counted(components, 'component')}"
    return f"{size}, {how_values_repeat(profile, repetition)}"


def titles(workloads: Iterable[tuple[Workload, Consume]]) -> list[str]:
    """Return the titles, one for all that differ in the repetition or the calls at once alone."""
    found: dict[tuple[Workload, Consume], list[Workload]] = {}
    for workload, consume in workloads:
        once = replace(workload, repetition=1, at_once=1)
        found.setdefault((once, consume), []).append(workload)
    return [title_of(once, consume) + _differing(like) for (once, consume), like in found.items()]


def _differing(found: Sequence[Workload]) -> str:
    repetitions = list(dict.fromkeys(one.repetition for one in found))
    at_once = list(dict.fromkeys(one.at_once for one in found))
    text = f", pools {', '.join(f'{n:,}x' for n in repetitions)}" if repetitions != [1] else ""
    if at_once != [1]:
        text += f", {', '.join(f'{n:,}' for n in at_once)} calls at once"
    return text


def title_of_group(found: Sequence[Summary]) -> str:
    """Return that of the summaries of one workload."""
    counts = (one.items for one in found if one.items is not None)
    return title_of(found[0].workload, found[0].subject.consume, counts)


def _items_of_a_call(counts: set[int]) -> str:
    if len(counts) > 1:
        return f"{min(counts):,} to {max(counts):,} items a call"
    if not counts:
        return "a call, which has no items to count"
    (number,) = counts
    return f"{counted(number, 'item')} a call"


def short(name: str) -> str:
    """Return a name as a heading has room for it: of a function its call, or its name."""
    _, call = where_and_call(name)
    return call if len(call) <= LONGEST_CALL else call.partition("(")[0].rpartition(".")[2]


def where_and_call(name: str) -> tuple[str, str]:
    """Return the module or file of a target and its call; of a strategy `""` and its name."""
    where, colon, call = name.partition(".py:") if ".py:" in name else name.partition(":")
    return (f"{where}{colon}", call) if colon else ("", name)
