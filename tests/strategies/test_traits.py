"""Every trait is tried on every strategy: what it offers is there, what it gives up is not."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Enum, event
from sqlalchemy.orm import Session

from harness.payroll import catalog, drivers, loading
from harness.payroll.generator import Payroll, entries
from harness.payroll.reading import Reader
from harness.payroll.verify import first_difference
from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import URL

    from harness.payroll.loading import Strategy

PAYROLL = Payroll(250, 2)  # more entries than a batch of yield_per
OTHER_PACKAGES = tuple(loading.EXTRAS)
REFUSED = (AttributeError, TypeError, ValueError)
"""What an immutable class raises: of named tuples, dataclasses, attrs, msgspec and pydantic."""


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


def read(reader: Reader) -> Any:
    return reader.read(PAYROLL.id)


def entities_at_once(reader: Reader) -> int:
    """Return the most entities that the identity map of a session held during the call."""
    most = 0

    def count(session: Session, _: object) -> None:
        nonlocal most
        most = max(most, len(session.identity_map))

    event.listen(Session, "loaded_as_persistent", count)
    try:
        read(reader)
    finally:
        event.remove(Session, "loaded_as_persistent", count)
    return most


def orm_mapping(reader: Reader) -> bool:
    return entities_at_once(reader) > 0


def orm_identity(reader: Reader) -> bool:
    return entities_at_once(reader) == PAYROLL.entries * (1 + PAYROLL.components)


def sqlalchemy_types(reader: Reader) -> bool:
    asked: list[Enum] = []
    original: Any = Enum.result_processor

    def ask(self: Enum, *arguments: object) -> object:
        asked.append(self)
        return original(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Enum, "result_processor", ask)
        read(reader)
    return bool(asked)


def any_driver(reader: Reader) -> bool:
    own = loading.driver(reader.strategy)
    (other,) = {*drivers.of_kind(is_async=reader.is_async)} - {own}
    by_another = Reader(reader.strategy, reader.url, other)
    try:
        return first_difference(entries(PAYROLL), read(by_another)) is None
    except Exception:  # whatever it fails with, it does not work
        return False
    finally:
        by_another.close()


def engine_connections(reader: Reader) -> bool:
    used: list[object] = []
    event.listen(reader.engine, "checkout", lambda *arguments: used.append(arguments))
    read(reader)
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


def has_stream(reader: Reader) -> bool:
    try:
        found = reader.stream(PAYROLL.id)
    except loading.StrategyError:
        return False
    return first_difference(entries(PAYROLL), list(found)) is None


def gc_untouched(reader: Reader) -> bool:
    touched: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("disable", "set_threshold"):
            patch.setattr(gc, name, lambda *_, name=name: touched.append(name))
        read(reader)
    return not touched


def no_extra_packages(reader: Reader) -> bool:
    file, ours = str(reader.strategy.__file__), loading.names()
    names = ours if Path(file).stem in ours else [file]
    return file in working_without_them(reader.url, *names)


@cache
def working_without_them(url: URL, *names: str) -> list[str]:
    """Return the files of those strategies that read where the other packages are not."""
    script = f"""
import sys
sys.modules.update(dict.fromkeys({OTHER_PACKAGES!r}))
import sqlalchemy, uuid
from harness.payroll import loading, reading
url = sqlalchemy.make_url({url.render_as_string(hide_password=False)!r})
for name in {names!r}:
    try:
        strategy = loading.load(name)
        assert len(reading.Reader(strategy, url).read(uuid.{PAYROLL.id!r}))
        print(strategy.__file__)
    except Exception:
        pass
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    return done.stdout.decode().splitlines()


OF_READ: dict[str, Callable[[Reader], bool]] = {
    "synchronous": lambda reader: not reader.is_async,
    "orm-mapping": orm_mapping,
    "orm-identity": orm_identity,
    "sqlalchemy-types": sqlalchemy_types,
    "any-driver": any_driver,
    "engine-connections": engine_connections,
    "stream": has_stream,
    "gc-untouched": gc_untouched,
    "no-extra-packages": no_extra_packages,
}
"""What is tried on a strategy with an engine that was not used before."""


@pytest.fixture
def offered(reader_at: Callable[..., Reader], url: URL) -> Callable[[Strategy], list[str]]:
    """A function that returns the traits that a strategy has."""

    def find(strategy: Strategy) -> list[str]:
        found = {trait for trait, tried in OF_READ.items() if tried(reader_at(strategy, url))}
        results = {trait: read(reader_at(strategy, url)) for trait in OF_RESULT}
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
    url: URL,
    reader_at: Callable[..., Reader],
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
    assert first_difference(entries(PAYROLL), read(reader_at(strategy, url))) is None
    assert offered(strategy) == catalog.offers(strategy)
