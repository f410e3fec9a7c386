"""A payroll of N entries x K components, deterministic from its seed.

Every value is a function of the seed and of its place in the payroll alone, so that any entry
can be made by itself, in any order, in bounded memory: the writer stores the entries in another
order than they are read in, and the check of a strategy makes them again one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from itertools import chain
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from strategies.support.contract import Kind, Payer, PremiumComponent, PremiumEntry, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Make = Callable[[int], Any]
    Pools = dict[str, list[Any]]


class Profile(StrEnum):
    """How much the values of a payroll repeat."""

    REALISTIC = "realistic"
    DISTINCT = "distinct"


WARM_UP_ENTRIES = 25
SEEDS_APART = 3
"""Between payrolls that are alike: the seeds between are of those that warm up."""
SIZES_IN_TURN = (1, 10, 3)
"""What the size of the payrolls that a worker reads, call by call, is divided by."""
DRAWN = 4
"""Random bytes of a draw from a pool: of 15,000 values, none is drawn 0.001% more often."""


@dataclass(frozen=True)
class Payroll:
    """What identifies a payroll: two equal ones hold equal data.

    `repetition` is how many times larger the pools are that values are drawn from, of the profile
    `realistic`: the larger, the less often a value repeats.
    """

    entries: int
    components: int = 6
    profile: Profile = Profile.REALISTIC
    seed: int = 0
    repetition: int = 1

    @property
    def id(self) -> UUID:
        """The payroll's id, another one for every size, profile, repetition and seed."""
        return UUID(bytes=self.draw("payroll"), version=4)

    def draw(self, *place: object, size: int = 16) -> bytes:
        """Return `size` random bytes (64 at most), always the same for the same place."""
        profile = self.profile.value
        if self.repetition != 1:
            profile += f"x{self.repetition}"
        key = (self.seed, self.entries, self.components, profile, *place)
        return blake2b("/".join(map(str, key)).encode(), digest_size=size).digest()


def warm_up_for(payroll: Payroll) -> Payroll:
    """Return the small payroll that is read before this one is measured."""
    return replace(payroll, entries=WARM_UP_ENTRIES, seed=payroll.seed + 1)


def alike(payroll: Payroll, count: int) -> list[Payroll]:
    """Return so many payrolls that differ in their seeds, the first one being it."""
    return [replace(payroll, seed=payroll.seed + SEEDS_APART * nth) for nth in range(count)]


def in_turn(payroll: Payroll, number: int) -> Payroll:
    """Return the payroll that a call of that number reads, of many: like it in all but the size."""
    share = SIZES_IN_TURN[number % len(SIZES_IN_TURN)]
    return replace(payroll, entries=max(1, payroll.entries // share))


def pools_of(payroll: Payroll) -> Pools:
    """Return the pools of the payroll, by column, with None for each value to be drawn."""
    grown = payroll.repetition
    return {
        name: [None] * (column.pool * grown if column.grows else column.pool)
        for name, column in chain(ENTRY_COLUMNS.items(), COMPONENT_COLUMNS.items())
    }


def entries(
    payroll: Payroll, indices: Iterable[int] | None = None, pools: Pools | None = None
) -> Iterator[PremiumEntry]:
    """Yield the payroll's entries in the contract's order, or those at `indices` in theirs.

    Profile `realistic` draws most values from small pools, as real payrolls do, whose values are
    one object each, made when it is first drawn; `distinct` makes a new value wherever one can
    differ. `pools` are those of the payroll, where they are to outlive the entries.
    """
    pooled = payroll.profile is Profile.REALISTIC
    pools = (pools or pools_of(payroll)) if pooled else None
    entry_values = _values(payroll, ENTRY_COLUMNS, pools)
    component_values = _values(payroll, COMPONENT_COLUMNS, pools)
    payroll_id = payroll.id
    for index in range(payroll.entries) if indices is None else indices:
        random = payroll.draw(index, size=64)
        insured = [UUID(bytes=random[start : start + 16], version=4) for start in (16, 32)]
        components = [
            _component(payroll, index, position, insured if pooled else None, component_values)
            for position in range(payroll.components)
        ]
        yield PremiumEntry(
            id=_ordered_uuid(index, random),
            payroll_id=payroll_id,
            employee_id=UUID(bytes=random[48:64], version=4),
            components=components,
            **entry_values(index, random),
        )


def shuffled_indices(payroll: Payroll) -> Iterator[int]:
    """Yield every index once, in an order unlike the contract's, without holding them."""
    count = payroll.entries
    step = next((n for n in range(max(2, int(count * 0.618)), count) if gcd(n, count) == 1), 1)
    return (turn * step % count for turn in range(count))


def _component(
    payroll: Payroll,
    index: int,
    position: int,
    insured: list[UUID] | None,
    values: Callable[[int, bytes], dict[str, Any]],
) -> PremiumComponent:
    random = payroll.draw(index, position, size=64)
    return PremiumComponent(
        id=UUID(bytes=random[:16], version=4),
        insured_person_id=insured[position % 2]
        if insured
        else UUID(bytes=random[48:64], version=4),
        **values(index * payroll.components + position, random[16:]),
    )


def _ordered_uuid(index: int, random: bytes) -> UUID:
    """Return a UUID of version 7 (RFC 9562, section 5.7): milliseconds, then random bits."""
    milliseconds = 1_775_000_000_000 + index
    bits = int.from_bytes(random[:10], "big")
    version_and_variant = 0x7 << 76 | 0b10 << 62
    return UUID(int=milliseconds << 80 | version_and_variant | bits & ~(0xF << 76 | 0b11 << 62))


def _values(
    payroll: Payroll, columns: dict[str, Column], pools: Pools | None
) -> Callable[[int, bytes], dict[str, Any]]:
    """Return the function (serial number of the row, its random bytes) -> its values."""
    make = {name: column.make or _uuids(payroll, name) for name, column in columns.items()}
    if pools is None:
        return lambda serial, _: {name: make[name](serial) for name in columns}
    choices = [
        (name, pools[name], make[name], nth * DRAWN, (nth + 1) * DRAWN)
        for nth, name in enumerate(columns)
    ]

    def drawn(_: int, random: bytes) -> dict[str, Any]:
        values = {}
        for name, pool, make_value, start, end in choices:
            n = int.from_bytes(random[start:end], "big") % len(pool)
            if (value := pool[n]) is None:
                value = pool[n] = make_value(n)
            values[name] = value
        return values

    return drawn


def _uuids(payroll: Payroll, column: str) -> Make:
    return lambda n: UUID(bytes=payroll.draw(column, n), version=4)


def _quarter(n: int) -> date:
    return date(2026, 1, 1) + timedelta(days=91 * n % 2_900_000)


def _last_day(n: int) -> date:
    return date(2026, 12, 31) + timedelta(days=91 * n % 2_900_000)


def _amount(n: int) -> Decimal:
    return Decimal((500 + 137 * n) * (-1 if n % 6 == 5 else 1)).scaleb(-2)


def _tax_amount(n: int) -> Decimal:
    return Decimal(25 + 11 * n).scaleb(-2)


def _tax_rate(n: int) -> Decimal:
    return Decimal(259 * n % 1_000_000).scaleb(-4)


def _currency(n: int) -> str:
    n += 26 * 26 * 2 + 26 * 7 + 5  # the first is CHF
    return "".join(chr(ord("A") + n // place % 26) for place in (676, 26, 1))


def _computed_at(n: int) -> datetime:
    return datetime(2026, 4, 24, 6, 30, 15, 123456, tzinfo=UTC) + timedelta(seconds=n)


def _member(members: tuple[Any, ...]) -> Make:
    return lambda n: members[n % len(members)]


class Column(NamedTuple):
    """A column's pool: how many values it holds at repetition 1, and what makes its n-th value.

    `make` is None for a UUID. A pool of one value a payroll stays one, as does one of all members
    of an enum: `grows` is whether the payroll's repetition makes it larger.
    """

    pool: int
    make: Make | None = None
    grows: bool = False


ENTRY_COLUMNS = {
    "company_id": Column(1),
    "contract_id": Column(5, grows=True),
    "period_start": Column(1, _quarter),
    "period_end": Column(1, _last_day),
    "status": Column(1, _member((Status.FINAL, Status.DRAFT))),
    "currency": Column(1, _currency),
    "computed_at": Column(1, _computed_at),
}
COMPONENT_COLUMNS = {
    "policy_id": Column(20, grows=True),
    "tariff_id": Column(60, grows=True),
    "kind": Column(len(Kind), _member(tuple(Kind))),
    "payer": Column(len(Payer), _member(tuple(Payer))),
    "amount": Column(300, _amount, grows=True),
    "tax_rate": Column(3, _tax_rate, grows=True),
    "tax_amount": Column(300, _tax_amount, grows=True),
    "valid_from": Column(4, _quarter, grows=True),
    "valid_to": Column(1, _last_day),
}
