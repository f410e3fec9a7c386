"""What each strategy offers and gives up, as a table of its traits."""

from __future__ import annotations

import strategies
from strategies.traits import TRAITS

YES, NO = "yes", "-"


def spoken(trait: str) -> str:
    """Give the trait's name as words."""
    return trait.replace("-", " ")


def table() -> tuple[list[str], list[list[str]]]:
    """Give headings and cells, a row a strategy; only traits that tell strategies apart."""
    offered = _offered()
    telling = [trait for trait in TRAITS if 0 < _count(trait, offered) < len(offered)]
    cells = [
        [f"`{name}`", *(YES if trait in offered[name] else NO for trait in telling)]
        for name in sorted(offered, key=lambda name: (-len(offered[name]), name))
    ]
    return ["strategy", *map(spoken, telling)], cells


def meanings() -> list[str]:
    """Give a line for each trait: what it means, and whether all or none offer it."""
    offered = _offered()
    lines = []
    for trait, meaning in TRAITS.items():
        ends = {len(offered): " (every strategy)", 0: " (no strategy)"}
        who = ends.get(_count(trait, offered), "")
        lines.append(f"**{spoken(trait)}**{who}: {meaning}")
    return lines


def _offered() -> dict[str, list[str]]:
    return {name: strategies.describe(name).offers or [] for name in strategies.names()}


def _count(trait: str, offered: dict[str, list[str]]) -> int:
    return sum(trait in traits for traits in offered.values())
