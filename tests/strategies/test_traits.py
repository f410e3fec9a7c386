"""Every trait is tried on every strategy: what it offers is there, what it gives up is not."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Enum, create_engine, event
from sqlalchemy.orm import Session

import strategies
from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies.contract import PremiumComponent, PremiumEntry
from strategies.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies import Strategy

PAYROLL = Payroll(250, 2)  # more entries than a batch of yield_per, so that batches can be told
OTHER_PACKAGES = ("adbc_driver_manager", "adbc_driver_postgresql", "pyarrow", "msgspec")


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


@pytest.fixture
def engine(url: URL, engine_at: Callable[[URL], Engine]) -> Engine:
    return engine_at(url)


def entities_at_once(strategy: Strategy, engine: Engine) -> int:
    """The most entities that the identity map of a session held during the call."""
    most = 0

    def count(session: Session, _: object) -> None:
        nonlocal most
        most = max(most, len(session.identity_map))

    event.listen(Session, "loaded_as_persistent", count)
    try:
        strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    finally:
        event.remove(Session, "loaded_as_persistent", count)
    return most


def orm_mapping(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    return entities_at_once(strategy, engine) > 0


def orm_identity(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    return entities_at_once(strategy, engine) == PAYROLL.entries * (1 + PAYROLL.components)


def sqlalchemy_types(strategy: Strategy, engine: Engine, patch: pytest.MonkeyPatch) -> bool:
    asked: list[Enum] = []
    original = Enum.result_processor

    def ask(self: Enum, *arguments: object) -> object:
        asked.append(self)
        return original(self, *arguments)

    patch.setattr(Enum, "result_processor", ask)
    strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    return bool(asked)


def any_driver(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    other = create_engine(engine.url.set(drivername="postgresql+psycopg2"))
    try:
        result = strategy.get_premiums_for_payroll(other, PAYROLL.id)
        return first_difference(entries(PAYROLL), result) is None
    except Exception:  # whatever it fails with, it does not work
        return False
    finally:
        other.dispose()


def engine_connections(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    used: list[object] = []
    event.listen(engine, "checkout", lambda *arguments: used.append(arguments))
    strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    return bool(used)


def contract_class(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    found = strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    classes = {type(entry) for entry in found} | {type(c) for e in found for c in e.components}
    return classes == {PremiumEntry, PremiumComponent}


def is_list(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    return isinstance(strategy.get_premiums_for_payroll(engine, PAYROLL.id), list)


def mutable(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    found = strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    found[1].currency = "XXX"
    del found[1].components[0]
    return (found[1].currency, len(found[1].components)) == ("XXX", PAYROLL.components - 1)


def object_identity(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    found = strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    return found[0] is found[0]


def picklable(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    found = strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    return bool(pickle.loads(pickle.dumps(found)) == found)  # noqa: S301


def hashable(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    try:
        return bool({*strategy.get_premiums_for_payroll(engine, PAYROLL.id)})
    except TypeError:
        return False


def has_stream(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    try:
        found = strategies.stream(strategy)(engine, PAYROLL.id)
    except strategies.StrategyError:
        return False
    return first_difference(entries(PAYROLL), list(found)) is None


def gc_untouched(strategy: Strategy, engine: Engine, patch: pytest.MonkeyPatch) -> bool:
    paused: list[str] = []
    disable = gc.disable
    patch.setattr(gc, "disable", lambda: (paused.append("paused"), disable())[1])
    strategy.get_premiums_for_payroll(engine, PAYROLL.id)
    return not paused


def no_extra_packages(strategy: Strategy, engine: Engine, _: pytest.MonkeyPatch) -> bool:
    script = f"""
import sys
sys.modules.update(dict.fromkeys({OTHER_PACKAGES!r}))
import sqlalchemy, strategies, uuid
engine = sqlalchemy.create_engine({engine.url.render_as_string(hide_password=False)!r})
strategy = strategies.load({strategy.__name__.rpartition(".")[2]!r})
assert len(strategy.get_premiums_for_payroll(engine, uuid.{PAYROLL.id!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    return done.returncode == 0


TRIED = {
    "orm-mapping": orm_mapping,
    "orm-identity": orm_identity,
    "sqlalchemy-types": sqlalchemy_types,
    "any-driver": any_driver,
    "engine-connections": engine_connections,
    "contract-class": contract_class,
    "list": is_list,
    "mutable": mutable,
    "object-identity": object_identity,
    "picklable": picklable,
    "hashable": hashable,
    "stream": has_stream,
    "gc-untouched": gc_untouched,
    "no-extra-packages": no_extra_packages,
}


def test_every_trait_is_tried() -> None:
    assert TRIED.keys() == TRAITS.keys()


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("name", strategies.names())
def test_a_strategy_offers_what_it_does_not_give_up(
    name: str, trait: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy = strategies.load(name)
    offered = strategies.offers(strategy)
    assert offered is not None
    assert TRIED[trait](strategy, engine, monkeypatch) == (trait in offered)
