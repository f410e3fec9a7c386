"""A decision as a document: the recommendation first, then what it is held against. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from callmeter.units import format_bytes, format_seconds
from harness.analysis.choice import RULE
from harness.analysis.thresholds import answers, farthest, most_at_once
from harness.model.cell import REFERENCE
from harness.report import caveats
from harness.report import decision_data as data
from harness.report import judgement as words
from harness.report.bar import bar
from harness.report.document import Document, Note, Pairs, Text, bullets, table
from harness.report.format import count, listed
from harness.report.names import title_of_payroll
from harness.report.traits import costs_in_full, costs_in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.analysis.choice import Decision, Judgement
    from harness.analysis.thresholds import Answers, Threshold
    from harness.report.document import Block, Code

NOTHING = "nothing"
ROUNDED = 1_000
"""From which on a number of entries is shown rounded."""
LEFT_OUT = (
    "By one call's allocations. Left out are the process's base, other calls at once and what "
    "the allocators reserve: --container counts them."
)
"""What a budget for one call is not about."""


def document(decision: Decision) -> Document:
    """Return the answer, the strategies that fit and do not, and what would change the answer."""
    found, doubts = answers(decision.candidates, decision.limits), caveats.warnings(decision)
    header, judgements = decision.run.header, decision.judgements
    fit = [
        (judgement, costs_in_short(header, judgement.strategy)) for judgement in decision.fitting
    ]
    unfit = [
        (judgement, "; ".join(words.reasons(judgement)))
        for judgement in judgements
        if not judgement.fits
    ]
    origin = f"Run {caveats.origin(decision)}."
    notes = [f"How it is chosen: {RULE}", *caveats.remarks(decision), origin]
    blocks: tuple[Block, ...] = (
        *_answer(decision),
        *bullets(doubts),
        *_strategies(fit, "costs", "Fits, best first:"),
        *_strategies(unfit, "why not", "Does not fit, nearest first:"),
        Pairs(_what_changes_it(decision, found), "What would change the answer, all else equal:"),
        *(Note(text) for text in notes),
    )
    return Document(blocks, data.of(decision, found, [*doubts, *notes]), decision=decision)


def payroll(decision: Decision) -> str:
    """Return which payroll it is about."""
    limits = decision.limits
    together = f", in each of {words.calls(limits)} at once" if limits.at_once > 1 else ""
    return title_of_payroll(limits.entries, *decision.payrolls) + together


def _runner_up(decision: Decision) -> str:
    """Return who comes second, and what it needs and gives up; or that nobody else fits."""
    if len(decision.fitting) < 2:
        return "Runner-up: none fits."
    second = decision.fitting[1]
    needs = listed(filter(None, (words.size(second.need), words.time(second.wall))))
    return f"Runner-up: {second.strategy}, {needs}; gives up {words.traits_given_up(second)}."


def today(decision: Decision) -> Judgement | None:
    """Return the judgement on the reference, the way it is done today."""
    found = (judgement for judgement in decision.judgements if judgement.strategy == REFERENCE)
    return next(found, None)


def price(decision: Decision, judgement: Judgement) -> str:
    """Return what a strategy costs: its time beside the reference's, and what is given up."""
    beside = words.beside(judgement, today(decision))
    return "; ".join(filter(None, (beside, words.costs_of(judgement, decision.run.header))))


def rival(decision: Decision) -> Judgement | None:
    """Return the next best that needs less memory and less time than the best, if one does."""
    best = decision.best
    others = (other for other in decision.fitting[1:] if best and _is_better(other, best))
    return next(others, None)


def _smaller_and_faster(decision: Decision) -> list[str]:
    """Return the sentence on the next best that is both, if one is, and on what it costs more."""
    best, other = decision.best, rival(decision)
    if best is None or other is None:
        return []
    more = costs_in_full(decision.run.header, other.strategy, beside=best.strategy)
    this, that = (
        f"{words.size(judged.need)} and {words.time(judged.wall)}" for judged in (other, best)
    )
    return [
        f"{other.strategy} is both smaller and faster than the recommended {best.strategy}: "
        f"{this}, not {that}. It also costs: {more}."
    ]


def _is_better(one: Judgement, other: Judgement) -> bool:
    """Whether the one needs less memory, and less time beyond the margins of both."""
    if not (one.need and other.need and one.wall and other.wall):
        return False
    is_faster = one.wall.high < other.wall.value * (1 - other.wall.margin)
    return is_faster and one.need.value < other.need.value


def nearest(decision: Decision) -> str:
    """Return which strategy is nearest to the limits, where none fits, and what it misses."""
    best = decision.judgements[0]
    return f"Nearest: {best.strategy}, {listed(words.reasons(best))}."


def _strategies(
    found: Iterable[tuple[Judgement, str]], heading: str, title: str
) -> Sequence[Block]:
    """Return the table of what strategies need, with those words in the last column."""
    judged = list(found)
    is_of_container = any(judgement.limits.service for judgement, _ in judged)
    rows = [
        (
            judgement.strategy,
            words.size(judgement.base) if is_of_container else "",
            words.size(judgement.peak),
            format_bytes(judgement.retained.value) if judgement.retained else "",
            words.size(judgement.need) if is_of_container else "",
            words.time(judgement.wall),
            last,
        )
        for judgement, last in judged
    ]
    peak = words.calls(judged[0][0].limits) if is_of_container else "peak"
    headings = ("strategy", "base", peak, "retained", "need", "time", heading)
    droppable = ("base", peak, "time") if is_of_container else ("retained", "time")
    return table(headings, rows, last_is_text=True, droppable=droppable, title=title)


def _what_changes_it(decision: Decision, found: Answers) -> tuple[tuple[str, str], ...]:
    """Return pairs of an option and the winners that other values of it would make."""
    best = decision.best.strategy if decision.best else None
    needs = [*_by_winner("without", found.without_need), *_by_winner("with", found.with_need)]
    candidates, limits = decision.candidates, decision.limits
    pairs = (
        (data.budget(decision), _from(found.by_memory, format_bytes, best)),
        ("--time", _from(found.by_time, format_seconds, best)),
        ("--entries", _up_to(found.by_entries, farthest(candidates, limits))),
        ("--at-once", _up_to(found.by_at_once, most_at_once(candidates, limits))),
        ("--need", "; ".join(needs)),
    )
    return tuple((option, text) for option, text in pairs if text)


def _answer(decision: Decision) -> list[Block]:
    limits, best = decision.limits, decision.best
    needs = f", with {listed(limits.needs)}" if limits.needs else ""
    asked = f"for {payroll(decision)}, within {words.budgets(limits)}{needs}"
    first = [] if limits.service else [Text(LEFT_OUT)]
    if best is None:
        nothing = Text(f"Nothing fits {asked}.", is_strong=True)
        return [*first, nothing, Text(nearest(decision)), *bars(decision)]
    label = f"{best.candidate.label}. " if best.candidate.label else ""
    recommended = f"Recommended: {best.strategy}, {asked}; {price(decision, best)}."
    return [
        *first,
        *map(Text, _smaller_and_faster(decision)),
        Text(recommended, is_strong=True),
        Text(f"{label}{words.needs(best)}"),
        *bars(decision),
        Text(_runner_up(decision)),
    ]


def bars(decision: Decision) -> list[Code]:
    """Return the container as a bar, filled by the best or the nearest; none of one call."""
    limits, need = decision.limits, decision.judgements[0].need
    if limits.service is None or need is None:
        return []
    return [bar(need, limits.memory, limits.at_once)]


def _from(found: Sequence[Threshold], amount: Callable[..., str], best: str | None) -> str:
    """Return the winners from the smallest budget up, the present one marked."""
    steps = [
        f"{amount(start, up=True)} {winner}{' (the answer)' * (winner == best)}"
        for start, winner in found
    ]
    return f"from {', '.join(steps)}; less: {NOTHING}" if steps else ""


def _up_to(found: Sequence[Threshold], last_size: int) -> str:
    """Return the winners as the payroll, or the calls, grow; as far as it was looked."""
    if not found:
        return ""
    first, last = found[0], found[-1].winner or NOTHING
    if len(found) == 1:
        return f"{last} from {first.start:,} to {last_size:,}, as far as was looked"
    steps = [f"{count(after.start - 1)} {one.winner or NOTHING}" for one, after in pairwise(found)]
    about = "about " if found[-1].start > ROUNDED else ""
    return f"up to {about}{', '.join(steps)}; from there to {last_size:,} {last}"


def _by_winner(condition: str, found: Mapping[str, str | None]) -> list[str]:
    needs: dict[str, list[str]] = {}
    for need, winner in found.items():
        needs.setdefault(winner or NOTHING, []).append(need)
    return [f"{condition} {listed(names, 'or')}: {winner}" for winner, names in needs.items()]
