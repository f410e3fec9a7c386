"""From a target to its call: its set-up, its imports, its result compared."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.call import Loop, count
from callmeter.errors import TargetError
from callmeter.loader import DifferentDataError, load, make_call
from callmeter.target import Target, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
import asyncio
from dataclasses import dataclass
from .models import Item
LOOPS = set()

def items(): return [Item(n) for n in range(3)]
def needs(a, b=2): return [a] * b
def stream(): yield from items()
async def later():
    LOOPS.add(id(asyncio.get_running_loop()))
    return items()
class Repo:
    @classmethod
    def all(cls): return items()
    def __init__(self, size): self.size = size
    def read(self): return list(range(self.size))
class Cursor:
    async def __aiter__(self):
        for item in items():
            yield item
number = 5
@dataclass
class Model:
    id: int = 1
    def __iter__(self): return iter(vars(self).items())
def broken(): raise ValueError("no")
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project with a src layout, in the working folder."""
    package = tmp_path / "src" / "planted_app"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "models.py").write_text("class Item:\n    def __init__(self, n): self.n = n\n")
    (package / "repo.py").write_text(CODE)
    (tmp_path / "json.py").write_text("def read(): return [1, 2]\n")
    (tmp_path / "bad.py").write_text("import no_such_package\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in [name for name in sys.modules if name.startswith(("planted_app", "target "))]:
        del sys.modules[name]


def called(text: str, setup: str = "", *, fold: bool = False) -> Any:
    function, _ = load(parse(text, setup), Loop(), fold=fold)
    return function()


@pytest.mark.parametrize(
    ("call", "length"),
    [
        ("items", 3),
        ("needs(1)", 2),
        ("needs(1, b=number)", 5),
        ("stream", 3),
        ("later", 3),
        ("await later()", 3),
        ("later()", 3),
        ("Cursor()", 3),
        ("Repo.all", 3),
        ("Repo(4).read", 4),
        ("number.bit_length", None),
        ("items()[:2]", 2),
        ("[item for item in items()]", 3),
        ("lambda: items()", 3),
    ],
)
def test_a_call_is_made_awaited_and_read_to_its_end(call: str, length: int | None) -> None:
    assert count(called(f"planted_app.repo:{call}")) == length
    assert called(f"planted_app.repo:{call}", fold=True) == length


def test_what_has_fields_is_not_read_as_a_collection() -> None:
    assert type(called("planted_app.repo:Model")).__name__ == "Model"


def test_the_file_of_a_package_has_its_relative_imports() -> None:
    found = called("src/planted_app/repo.py:items")
    assert type(found[0]).__module__ == "planted_app.models"


def test_a_file_named_like_a_module_of_pythons_is_the_users() -> None:
    assert called("json.py:read") == [1, 2]
    assert sys.modules["json"].dumps([]) == "[]"


def test_the_setup_comes_before_the_import_and_its_names_are_known() -> None:
    setup = "import asyncio\nasync def two(): return 2\nfew = await two()"
    assert called("planted_app.repo:needs(few)", setup) == [2, 2]


def test_every_call_is_awaited_in_the_same_loop() -> None:
    call, _ = load(parse("planted_app.repo:later"), Loop())
    call(), call()
    assert len(sys.modules["planted_app.repo"].LOOPS) == 1


@pytest.mark.parametrize(
    ("call", "setup", "message"),
    [
        ("itmes", "", "planted_app.repo has no 'itmes'; did you mean items?"),
        ("needs(numbr)", "", "planted_app.repo has no 'numbr'; did you mean number?"),
        ("needs([no for x in items()])", "", "planted_app.repo has no 'no'"),
        ("big", "big = [0] * 999", "planted_app.repo:big is no function, it is [0, 0, "),
        ("Repo.al", "", "planted_app.repo:Repo.al: AttributeError: "),
        ("needs", "", "needs: missing a required argument: 'a'; write the call, as"),
        ("number", "", "planted_app.repo:number is no function, it is 5"),
        ("items", "import sys; sys.exit('no')", "--setup: SystemExit: no"),
        ("items", "1 / 0", "--setup: ZeroDivisionError: division by zero"),
    ],
)
def test_a_call_that_cannot_be_made_is_one_clear_line(call: str, setup: str, message: str) -> None:
    with pytest.raises(TargetError, match=f"^{re.escape(message)}.*$"):
        called(f"planted_app.repo:{call}", setup)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("planted_ap.repo:items", r"there is no module 'planted_ap.repo' here \(in "),
        ("planted_app.rep:items", "there is no module 'planted_app.rep' here"),
        ("bad:read", r"bad does not import: ModuleNotFoundError: .*no_such"),
    ],
)
def test_a_module_that_does_not_import_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(TargetError, match=f"^{message}.*$"):
        called(text)


def test_what_the_call_raises_is_raised() -> None:
    function, _ = load(Target("planted_app.repo", "broken"), Loop())
    with pytest.raises(ValueError, match="no"):
        function()


def test_a_result_is_compared_with_the_references(tmp_path: Path) -> None:
    made: dict[str, Any] = {"where": "planted_app.repo", "data": str(tmp_path / "reference")}
    reference = make_call(call="items", is_reference=True, **made)
    reference.check(reference.function())
    same = make_call(call="stream", fold=True, **made)  # which is held, to be compared
    same.check(same.function())
    assert len(same.function()) == same.count(same.function()) == 3
    other = make_call(call="items()[:2]", **made)
    with pytest.raises(DifferentDataError, match="item 2"):
        other.check(other.function())
