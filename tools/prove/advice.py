"""Advice on containers: what was asked, what then happened, and whether it was right. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.report.document import Note, table
from tools.figures import day_and_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.report.document import Block

ROLES = {
    "recommended": "the recommended strategy",
    "runner-up": "the runner-up",
    "rejected": "the nearest that was rejected",
}
"""What a strategy was for the question, and its words in the table."""
SPARE = 0.10
MOST_SPARED = 0.05
"""The share of those rejected that may have so much to spare."""


@dataclass(frozen=True)
class Case:
    """A question: a payroll, how often it is read at once, the bytes of the container."""

    entries: int
    components: int
    repetition: int
    at_once: int
    container: int


@dataclass(frozen=True)
class Read:
    """A strategy in a container: whether it lived, and the most bytes charged to it."""

    case: Case
    role: str
    strategy: str
    predicted: float
    lived: bool
    peak: int | None

    @property
    def has_to_spare(self) -> bool:
        """Whether a tenth of the container or more was never charged."""
        return (self.peak or 0) < (1 - SPARE) * self.case.container

    @property
    def is_wrong(self) -> bool:
        """Whether the advice was: it died of what was recommended, or had room where rejected."""
        return self.lived and self.has_to_spare if self.role == "rejected" else not self.lived


def holds(found: Sequence[Read]) -> bool:
    """Whether none died that was to fit, and few were rejected that had room to spare."""
    rejected = [one.is_wrong for one in found if one.role == "rejected"]
    died = any(one.is_wrong for one in found if one.role != "rejected")
    return not died and sum(rejected) <= MOST_SPARED * len(rejected)


def record(
    found: Sequence[Read], environment: Mapping[str, str], limited_by: str
) -> dict[str, Any]:
    """Return what is saved of the reads: them all, and how many of each role there were."""
    by_role = {role: [one for one in found if one.role == role] for role in ROLES}
    return {
        "environment": environment,
        "limited by": limited_by,
        "roles": {
            role: {
                "runs": len(reads),
                "died": sum(not one.lived for one in reads),
                "wrong": sum(one.is_wrong for one in reads),
            }
            for role, reads in by_role.items()
            if reads
        },
        "reads": [asdict(one) for one in found],
    }


def blocks(saved: Mapping[str, Any]) -> Iterator[Block]:
    """Yield how often the advice of a record was right, by role."""
    rows = [
        [words, *(f"{saved['roles'][role][key]:,}" for key in ("runs", "died", "wrong"))]
        for role, words in ROLES.items()
        if role in saved["roles"]
    ]
    yield from table(["in a container of that size", "runs", "died", "advice wrong"], rows)
    yield Note(
        "Wrong is what died although it was to fit, and what was rejected and lived with more "
        f"than a tenth to spare. Limited by {saved['limited by']}. "
        f"{day_and_commit(saved['environment'])}"
    )
