"""Every trait is tried on every strategy: what it offers is there, what it gives up is not."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Enum, create_engine, event
from sqlalchemy.orm import Session

from harness.payroll import catalog, loading
from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import URL, Engine

    from harness.payroll.loading import Strategy

PAYROLL = Payroll(250, 2)  # more entries than a batch of yield_per
OTHER_PACKAGES = ("adbc_driver_manager", "adbc_driver_postgresql", "pyarrow", "msgspec")
REFUSED = (AttributeError, TypeError, ValueError)
"""What an immutable class raises: of named tuples, dataclasses, attrs, msgspec and pydantic."""


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


def read(strategy: Strategy, engine: Engine) -> Any:
    return strategy.get_premiums_for_payroll(engine, PAYROLL.id)


def entities_at_once(strategy: Strategy, engine: Engine) -> int:
    """Return the most entities that the identity map of a session held during the call."""
    most = 0

    def count(session: Session, _: object) -> None:
        nonlocal most
        most = max(most, len(session.identity_map))

    event.listen(Session, "loaded_as_persistent", count)
    try:
        read(strategy, engine)
    finally:
        event.remove(Session, "loaded_as_persistent", count)
    return most


def orm_mapping(strategy: Strategy, engine: Engine) -> bool:
    return entities_at_once(strategy, engine) > 0


def orm_identity(strategy: Strategy, engine: Engine) -> bool:
    return entities_at_once(strategy, engine) == PAYROLL.entries * (1 + PAYROLL.components)


def sqlalchemy_types(strategy: Strategy, engine: Engine) -> bool:
    asked: list[Enum] = []
    original: Any = Enum.result_processor

    def ask(self: Enum, *arguments: object) -> object:
        asked.append(self)
        return original(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Enum, "result_processor", ask)
        read(strategy, engine)
    return bool(asked)


def any_driver(strategy: Strategy, engine: Engine) -> bool:
    other = create_engine(engine.url.set(drivername="postgresql+psycopg2"))
    try:
        return first_difference(entries(PAYROLL), read(strategy, other)) is None
    except Exception:  # whatever it fails with, it does not work
        return False
    finally:
        other.dispose()


def engine_connections(strategy: Strategy, engine: Engine) -> bool:
    used: list[object] = []
    event.listen(engine, "checkout", lambda *arguments: used.append(arguments))
    read(strategy, engine)
    return bool(used)


def is_contract_class(found: Any) -> bool:
    components = {type(component) for entry in found for component in entry.components}
    return {*map(type, found), *components} == {PremiumEntry, PremiumComponent}


def is_mutable(found: Any) -> bool:
    try:
        found[1].currency = "XXX"
        del found[1].components[0]
    except REFUSED:
        return False
    return (found[1].currency, len(found[1].components)) == ("XXX", PAYROLL.components - 1)


OF_RESULT: dict[str, Callable[[Any], bool]] = {
    "contract-class": is_contract_class,
    "list": lambda found: isinstance(found, list),
    "mutable": is_mutable,
    "object-identity": lambda found: found[0] is found[0],
}
"""What is tried on a result."""


def has_stream(strategy: Strategy, engine: Engine) -> bool:
    try:
        found = loading.stream(strategy)(engine, PAYROLL.id)
    except loading.StrategyError:
        return False
    return first_difference(entries(PAYROLL), list(found)) is None


def gc_untouched(strategy: Strategy, engine: Engine) -> bool:
    paused: list[str] = []
    disable = gc.disable

    def noted() -> None:
        paused.append("paused")
        disable()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "disable", noted)
        read(strategy, engine)
    return not paused


def no_extra_packages(strategy: Any, engine: Engine) -> bool:
    script = f"""
import sys
sys.modules.update(dict.fromkeys({OTHER_PACKAGES!r}))
import sqlalchemy, uuid
from harness.payroll import loading
engine = sqlalchemy.create_engine({engine.url.render_as_string(hide_password=False)!r})
strategy = loading.load({strategy.__file__!r})
assert len(strategy.get_premiums_for_payroll(engine, uuid.{PAYROLL.id!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    return done.returncode == 0


OF_READ = {
    "orm-mapping": orm_mapping,
    "orm-identity": orm_identity,
    "sqlalchemy-types": sqlalchemy_types,
    "any-driver": any_driver,
    "engine-connections": engine_connections,
    "stream": has_stream,
    "gc-untouched": gc_untouched,
    "no-extra-packages": no_extra_packages,
}
"""What is tried on a strategy and an engine that was not used before."""


@pytest.fixture
def offered(engine_at: Callable[[URL], Engine], url: URL) -> Callable[[Strategy], list[str]]:
    """A function that returns the traits that a strategy has."""

    def find(strategy: Strategy) -> list[str]:
        found = {trait for trait, tried in OF_READ.items() if tried(strategy, engine_at(url))}
        results = {trait: read(strategy, engine_at(url)) for trait in OF_RESULT}
        found |= {trait for trait, result in results.items() if OF_RESULT[trait](result)}
        return [trait for trait in TRAITS if trait in found]

    return find


def test_a_strategy_offers_what_it_does_not_give_up(
    strategy: Strategy, offered: Callable[[Strategy], list[str]]
) -> None:
    assert {*OF_READ, *OF_RESULT} == TRAITS.keys()
    assert offered(strategy) == catalog.offers(strategy)


IMMUTABLE = '''"""Entries of an immutable class."""
from dataclasses import fields
from strategies import core_rows
from strategies.support.contract import PremiumComponent, PremiumEntry
{imports}

GIVES_UP = frozenset({{"orm-mapping", "orm-identity", "contract-class", "mutable", *{gives_up}}})

def immutable(name, cls):
    names = [field.name for field in fields(cls)]
    made = {make}
    made.__module__ = __name__  # where pickle looks for it
    return made

Entry, Component = immutable("Entry", PremiumEntry), immutable("Component", PremiumComponent)

def get_premiums_for_payroll(engine, payroll_id):
    found = core_rows.get_premiums_for_payroll(engine, payroll_id)
    for entry in found:
        entry.components = tuple(Component(**vars(each)) for each in entry.components)
    return [Entry(**vars(entry)) for entry in found]
'''


@pytest.mark.parametrize(
    ("imports", "make", "gives_up"),
    [
        ("from collections import namedtuple", "namedtuple(name, names)", []),
        (
            "from dataclasses import make_dataclass",
            "make_dataclass(name, names, frozen=True)",
            [],
        ),
        ("import msgspec", "msgspec.defstruct(name, names, frozen=True)", ["no-extra-packages"]),
    ],
    ids=["namedtuple", "dataclass", "msgspec"],
)
def test_entries_may_be_immutable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: Engine,
    offered: Callable[[Strategy], list[str]],
    imports: str,
    make: str,
    gives_up: list[str],
) -> None:
    content = IMMUTABLE.format(imports=imports, make=make, gives_up=gives_up)
    (tmp_path / "planted_immutable.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "planted_immutable", raising=False)
    strategy: Any = import_module("planted_immutable")
    assert first_difference(entries(PAYROLL), read(strategy, engine)) is None
    assert offered(strategy) == catalog.offers(strategy)
