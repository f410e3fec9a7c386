"""What speaks for and against a strategy, as the bullets of a decision record."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from callmeter import units
from harness.report import words
from harness.report.choices import _words as say
from harness.report.words import faster, smaller
from harness.runner.plan import REFERENCE
from strategies.traits import TRAITS

if TYPE_CHECKING:
    from harness.analysis.choice import Verdict
    from harness.analysis.decision import Decision
    from harness.analysis.prediction import Prediction


def pros_and_cons(verdict: Verdict) -> list[str]:
    """Give the heading of an option, and its bullets."""
    against = [f"* Bad, because it {reason}." for reason in _reasons(verdict)]
    bullets = [*_within(verdict), *against, *_traits(verdict)]
    return [f"### {verdict.way.strategy}", "", *sorted(bullets, key=_good_first)]


def consequences(decision: Decision, best: Verdict) -> list[str]:
    """Give what follows from taking `best`, against the way it is done today."""
    today = decision.reference
    if today is best:
        found = [f"* Good, because nothing changes: `{REFERENCE}` is the way it is done today."]
    else:
        found = _against(best, today) if today else []
        found += [f"* Bad, because {each}." for each in _given_up(best)]
        if best.gives_up == ():
            found.append(f"* Good, because it gives up nothing that `{REFERENCE}` offers.")
    ends = [
        (before, after)
        for before, after in pairwise(decision.changes.entries)
        if before.winner == best.way.strategy and after.start > decision.limits.entries
    ]
    for _, after in ends[:1]:
        then = f"`{after.winner}` is the answer" if after.winner else "nothing fits"
        found.append(
            f"* Neutral, because from about {words.count(after.start)} entries on it is no longer "
            f"the answer under these limits: {then}."
        )
    return found


def _good_first(bullet: str) -> int:
    return ["* Good", "* Neutral", "* Bad"].index(bullet.partition(",")[0])


def _within(verdict: Verdict) -> list[str]:
    """Say which budgets hold, and the figures that no budget is about."""
    found = []
    if verdict.peak and verdict.of_memory <= 1:
        share = f"{words.percent(verdict.of_memory)} of the budget at worst"
        found.append(f"* Good, because it needs {say.predicted_size(verdict.peak)}: {share}.")
    if verdict.wall and verdict.limits.time is None:
        found.append(f"* Neutral, because it takes {say.predicted_time(verdict.wall)}.")
    elif verdict.wall and verdict.of_time <= 1:
        share = f"{words.percent(verdict.of_time)} of the budget at worst"
        found.append(f"* Good, because it takes {say.predicted_time(verdict.wall)}: {share}.")
    return found


def _reasons(verdict: Verdict) -> list[str]:
    return [reason.replace("not measured", "was not measured") for reason in say.reasons(verdict)]


def _traits(verdict: Verdict) -> list[str]:
    if verdict.way.strategy == REFERENCE:
        return ["* Good, because it is the way it is done today."]
    if verdict.gives_up is None:
        return ["* Bad, because it does not say what it gives up."]
    rest = [trait for trait in verdict.gives_up if trait not in verdict.lacks]
    if rest:
        return [f"* Bad, because it gives up {words.listed(f'`{trait}`' for trait in rest)}."]
    return [] if verdict.lacks else [f"* Good, because it gives up nothing of `{REFERENCE}`."]


def _given_up(verdict: Verdict) -> list[str]:
    if verdict.gives_up is None:
        return ["what it gives up is not known"]
    return [f"it gives up `{trait}` ({TRAITS.get(trait, trait)})" for trait in verdict.gives_up]


def _against(best: Verdict, today: Verdict) -> list[str]:
    """Compare with the way it is done today; figures whose margins overlap are not told apart."""
    found = []
    for what, one, other, said, ratio in (
        ("peak", best.peak, today.peak, say.predicted_size, smaller),
        ("time", best.wall, today.wall, say.predicted_time, faster),
    ):
        if one and other and one.value:
            change = f"from {said(other)} to {said(one)}"
            if _overlap(one, other):
                found.append(f"* Neutral, because the {what} is not told apart: {change}.")
            else:
                word = "Good" if one.value < other.value else "Bad"
                in_words = ratio(other.value / one.value)
                found.append(f"* {word}, because the {what} goes {change}: {in_words}.")
    if best.delta and today.delta and best.delta.value:
        before, after = map(units.format_bytes, (today.delta.value, best.delta.value))
        change = f"from {before} to {after}"
        in_words = smaller(today.delta.value / best.delta.value)
        word = "Neutral"
        if in_words != "the same":
            word = "Good" if best.delta.value < today.delta.value else "Bad"
        found.insert(1, f"* {word}, because what is retained goes {change}: {in_words}.")
    return found


def _overlap(one: Prediction, other: Prediction) -> bool:
    return abs(one.value - other.value) <= one.value * one.margin + other.value * other.margin
