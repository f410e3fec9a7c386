"""What the measuring process does with a function of the user's own: warm up, check, measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.calls import Calls
from harness.own import same
from harness.own.calling import Loop, count, load, reading
from harness.own.sent import received
from harness.own.target import Target
from harness.plan import Consume

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.own.sent import Sent
    from harness.plan import Cell


class DifferentDataError(Exception):
    """A function gave other data than the reference."""


class Counted:
    """A call that remembers how many items its last result had."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self.items = 0

    def __call__(self) -> object:
        """Call, and count."""
        given = self._call()
        self.items = count(given)
        return given


class Own(msgspec.Struct, frozen=True):
    """A target; for its check also the file of the reference's data, and whether it is that."""

    target: Target
    data: str | None = None
    is_reference: bool = False


def own_calls(cell: Cell, own: Own) -> Calls:
    """Give the calls of a target: the same one, with the same arguments, each time.

    Raises TargetError.
    """
    is_folded = cell.consume is Consume.FOLD and own.data is None  # to compare is to hold
    call = load(own.target, fold=is_folded)

    def checked() -> int:
        given = call()
        if is_folded:
            return int(given)
        if own.data and own.is_reference:
            same.write(given, Path(own.data))
        elif own.data and (difference := same.difference(given, Path(own.data))):
            raise DifferentDataError(difference)
        return count(given)

    return Calls(warm_up=call, measured=call, checked=checked)


def sent_calls(sent: Sent) -> Calls:
    """Give the calls of what another process sent, each time the same. Raises TargetError."""
    call = Counted(reading(received(sent), Loop()))
    return Calls(call, call, lambda: count(call()), lambda: call.items)
