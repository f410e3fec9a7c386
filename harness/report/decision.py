"""A decision as a document: the recommendation first, then what it is held against. Pure."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from callmeter.units import format_bytes, format_seconds
from harness.analysis.choice import RULE
from harness.analysis.thresholds import answers, farthest
from harness.model.cell import how_values_repeat
from harness.model.metrics import METRICS, PEAKS
from harness.report import caveats
from harness.report import judgement as words
from harness.report.document import Document, Note, Pairs, Text, bullets, table
from harness.report.format import count, listed
from harness.report.traits import costs_in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.analysis.choice import Decision, Judgement
    from harness.analysis.thresholds import Answers, Threshold
    from harness.report.document import Block

NOTHING = "nothing"


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
        *strategies(fit, "costs", "Fits, best first:"),
        *strategies(unfit, "why not", "Does not fit, nearest first:"),
        Pairs(what_changes_it(decision, found), "What would change the answer, all else equal:"),
        *bullets(doubts),
        *(Note(text) for text in notes),
    )
    return Document(blocks, _data(decision, found, [*doubts, *notes]))


def payroll(decision: Decision) -> str:
    """Return which payroll it is about."""
    components, profile, repetition = decision.payrolls
    return (
        f"{decision.limits.entries:,} entries x {components} components, "
        f"{how_values_repeat(profile, repetition)}"
    )


def runner_up(decision: Decision) -> str:
    """Return who comes second, and what it needs and gives up; or that nobody else fits."""
    if len(decision.fitting) < 2:
        return "Runner-up: none fits."
    second = decision.fitting[1]
    needs = listed(filter(None, (words.size(second.peak), words.time(second.wall))))
    return f"Runner-up: {second.strategy}, {needs}; gives up {words.traits_given_up(second)}."


def nearest(decision: Decision) -> str:
    """Return which strategy is nearest to the limits, where none fits, and what it misses."""
    best = decision.judgements[0]
    return f"Nearest: {best.strategy}, {listed(words.reasons(best))}."


def strategies(
    found: Iterable[tuple[Judgement, str]], heading: str, title: str = ""
) -> Sequence[Block]:
    """Return the table of what strategies need, with those words in the last column."""
    rows = [
        (
            judgement.strategy,
            words.size(judgement.peak),
            format_bytes(judgement.retained.value) if judgement.retained else "",
            words.time(judgement.wall),
            last,
        )
        for judgement, last in found
    ]
    headings = ("strategy", "peak", "retained", "time", heading)
    return table(headings, rows, last_is_text=True, droppable=("retained", "time"), title=title)


def what_changes_it(decision: Decision, found: Answers) -> tuple[tuple[str, str], ...]:
    """Return pairs of an option and the winners that other values of it would make."""
    best = decision.best.strategy if decision.best else None
    needs = [*_by_winner("without", found.without_need), *_by_winner("with", found.with_need)]
    pairs = (
        ("--memory", _from(found.by_memory, format_bytes, best)),
        ("--time", _from(found.by_time, format_seconds, best)),
        ("--entries", _up_to(found.by_entries, farthest(decision.candidates, decision.limits))),
        ("--need", "; ".join(needs)),
    )
    return tuple((option, text) for option, text in pairs if text)


def _answer(decision: Decision) -> list[Block]:
    limits, best = decision.limits, decision.best
    needs = f", with {listed(limits.needs)}" if limits.needs else ""
    asked = f"for {payroll(decision)}, within {words.budgets(limits)}{needs}"
    if best is None:
        return [Text(f"Nothing fits {asked}.", is_strong=True), Text(nearest(decision))]
    label = f"{best.candidate.label}. " if best.candidate.label else ""
    return [
        Text(f"Recommended: {best.strategy}, {asked}.", is_strong=True),
        Text(f"{label}{words.needs(best)} {words.gives_up(best)}"),
        Text(runner_up(decision)),
    ]


def _from(found: Sequence[Threshold], amount: Callable[..., str], best: str | None) -> str:
    """Return the winners from the smallest budget up, the present one marked."""
    steps = [
        f"{amount(start, up=True)} {winner}{' (the answer)' * (winner == best)}"
        for start, winner in found
    ]
    return f"from {', '.join(steps)}; less: {NOTHING}" if steps else ""


def _up_to(found: Sequence[Threshold], last_size: int) -> str:
    """Return the winners as the payroll grows, as far as it was looked."""
    first, last = found[0], found[-1].winner or NOTHING
    if len(found) == 1:
        return f"{last} from {first.start:,} to {last_size:,}, as far as was looked"
    steps = [f"{count(after.start)} {one.winner or NOTHING}" for one, after in pairwise(found)]
    return f"up to about {', '.join(steps)}; from there to {last_size:,} {last}"


def _by_winner(condition: str, found: Mapping[str, str | None]) -> list[str]:
    needs: dict[str, list[str]] = {}
    for need, winner in found.items():
        needs.setdefault(winner or NOTHING, []).append(need)
    return [f"{condition} {listed(names, 'or')}: {winner}" for winner, names in needs.items()]


def _data(decision: Decision, found: Answers, notes: list[str]) -> dict[str, Any]:
    names = [judgement.strategy for judgement in decision.fitting]
    return {
        "run": decision.source.run,
        "command": decision.source.command,
        "environment": decision.run.header.environment,
        "limits": asdict(decision.limits) | decision.payrolls._asdict(),
        "judged_by": decision.metric,
        "rule": RULE,
        "recommended": next(iter(names), None),
        "runner_up": next(iter(names[1:]), None),
        "rows": [_row(judgement, decision.metric) for judgement in decision.judgements],
        "answers": {
            "by_memory": _thresholds(found.by_memory),
            "by_time": _thresholds(found.by_time),
            "by_entries": _thresholds(found.by_entries),
            "without_need": found.without_need,
            "with_need": found.with_need,
        },
        "notes": notes,
    }


def _row(judgement: Judgement, peak: str) -> dict[str, Any]:
    candidate = judgement.candidate
    predictions = {peak: judgement.peak, PEAKS[peak]: judgement.retained, "wall": judgement.wall}
    return {
        "strategy": judgement.strategy,
        "label": candidate.label,
        "error": judgement.unmeasured,
        "fits": judgement.fits,
        "reasons": words.reasons(judgement),
        "metrics": {
            key: found and found._asdict() | {"high": found.high, "unit": METRICS[key].unit}
            for key, found in predictions.items()
        },
        "offers": None if candidate.offers is None else sorted(candidate.offers),
        "gives_up": None if judgement.gives_up is None else list(judgement.gives_up),
        "lacks": list(judgement.lacks),
    }


def _thresholds(found: Sequence[Threshold]) -> list[dict[str, Any]]:
    return [{"from": start, "recommended": winner} for start, winner in found]
