"""What each strategy offers and gives up, as a table of its traits."""

from __future__ import annotations

import strategies
from strategies.traits import TRAITS

YES, NO = "yes", "-"


def table() -> tuple[list[str], list[list[str]]]:
    """Give headings and cells, a row a strategy; only traits that tell strategies apart."""
    offered = _offered()
    telling = [trait for trait in TRAITS if 0 < _count(trait) < len(offered)]
    cells = [
        [f"`{name}`", *(YES if trait in offered[name] else NO for trait in telling)]
        for name in sorted(offered, key=lambda name: (-len(offered[name]), name))
    ]
    return ["strategy", *(trait.replace("-", " ") for trait in telling)], cells


def meanings() -> list[str]:
    """Give a line for each trait: what it means, and whether all or none offer it."""
    count = len(_offered())
    lines = []
    for trait, meaning in TRAITS.items():
        who = {count: " (every strategy)", 0: " (no strategy)"}.get(_count(trait), "")
        lines.append(f"**{trait.replace('-', ' ')}**{who}: {meaning}")
    return lines


def _offered() -> dict[str, list[str]]:
    return {name: strategies.offers(strategies.load(name)) or [] for name in strategies.names()}


def _count(trait: str) -> int:
    return sum(trait in traits for traits in _offered().values())
