"""What remains to choose from for those who cannot give up a trait, by what strategies declare."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from harness.model.compare import ranked
from harness.payroll import yardsticks as baselines
from harness.report.reports._content import AGAINST_REFERENCE, memory_measured, said
from harness.report.reports._sentences import repeated
from harness.report.reports._traits import spoken
from harness.report.words import megabytes
from strategies.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model.compare import Row


class Kept(NamedTuple):
    """Traits, and which of the strategies that offer them is leanest, and which fastest.

    The two are empty where memory, or time in repeats, was not measured.
    """

    traits: list[str]
    leanest: str
    fastest: str


def keeping(found: list[Row], offers: Mapping[str, Sequence[str]]) -> list[Kept]:
    """Give the traits that some, and not all, of the measured strategies offer.

    Those that leave the same choice are together; the traits are each looked at alone.
    """
    stem = memory_measured(found)
    fit = [row for row in found if row["strategy"] not in baselines.ALL and not row["error"]]
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    for trait in TRAITS:
        able = [row for row in fit if trait in offers.get(row["strategy"], ())]
        if 0 < len(able) < len(fit):
            together[_leanest(able, stem), _fastest(able)].append(spoken(trait))
    return [Kept(traits, *choice) for choice, traits in together.items() if any(choice)]


def meanings(kept: Iterable[Kept]) -> list[tuple[str, str]]:
    """Give each of these traits, and what it means."""
    told = {spoken(trait): meaning for trait, meaning in TRAITS.items()}
    return [(trait, told[trait]) for each in kept for trait in each.traits]


def _leanest(able: list[Row], stem: str) -> str:
    first = ranked(able, f"{stem}_bytes")[0]
    ratio, size = first.get(f"{stem}_x_floor"), first.get(f"{stem}_bytes")
    if ratio is not None:
        return f"{first['strategy']}: {ratio:.2f}x floor"
    return "" if size is None else f"{first['strategy']}: {megabytes(size)} MB"


def _fastest(able: list[Row]) -> str:
    timed = [row for row in able if row.get("faster_than_reference") is not None]
    if not timed or not repeated(timed):
        return ""
    first = ranked(timed, "wall_seconds")[0]
    return f"{first['strategy']}: {said(first, AGAINST_REFERENCE)}"
