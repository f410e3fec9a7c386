"""Options that name a payroll."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Annotated

from callmeter.errors import UsageError
from callmeter.target import is_target
from harness.cli._options import rare
from harness.cli._parser import Option
from harness.cli._readers import count, counts, one_of
from harness.model.fields import MOST_REPETITION
from harness.payroll.generator import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Entries = Annotated[
    int, Option("--entries", "Entries of the payroll. 10,000 or 1e4 will do.", count(), "N")
]
Components = Annotated[int, rare("--components", "Components of each entry.", count(0), "N")]
ProfileName = Annotated[
    str,
    Option(
        "--profile",
        "How values repeat: realistic or distinct. With distinct, nothing can be shared.",
        one_of("profile", Profile),
        "P",
    ),
]
Repetition = Annotated[
    int,
    rare(
        "--repetition",
        "How many times larger the pools of values are. With 1, 300 amounts repeat; with 50, "
        "15,000. Of the profile realistic.",
        count(1, MOST_REPETITION),
        "N",
    ),
]
Repetitions = Annotated[
    list[int] | None,
    rare(
        "--repetition",
        "How many times larger the pools of values are, as 1,5,50: how memory changes with them. "
        "By default 1. Of the profile realistic.",
        counts(MOST_REPETITION),
        "N,N",
    ),
]


def check_used(command: Callable[..., int], targets: Iterable[str], **given: object) -> None:
    """Raise UsageError for an option on the payroll that was given where functions are measured.

    `given` has the values by the names of the command's parameters.
    """
    if not any(map(is_target, targets)):
        return
    parameters = signature(command).parameters
    for name, value in given.items():
        if value != parameters[name].default:
            raise UsageError(
                f"--{name} is for strategies: a function is called with the arguments that it is "
                "named with"
            )
