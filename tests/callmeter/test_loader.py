"""From a target to its call: imports, arguments, coroutines, generators."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callmeter.call import count
from callmeter.errors import TargetError
from callmeter.loader import DifferentDataError, load, make_call
from callmeter.target import Target, parse

CODE = """
from __future__ import annotations
import asyncio, contextvars
from dataclasses import dataclass
from .models import Item
LOOPS = set()

def items(): return [Item(n) for n in range(3)]
def needs(a, b=2): return [a] * b
def stream():
    yield from items()
async def later():
    LOOPS.add(id(asyncio.get_running_loop()))
    return items()
async def later_one_by_one():
    for item in items():
        yield item
class Repo:
    @classmethod
    def all(cls): return items()
    def __init__(self, size): self.size = size
    def read(self): return list(range(self.size))
class Lazy:
    read = False
    def __len__(self):
        Lazy.read = True
        return 7
    def __iter__(self): return iter(range(7))
class Query:
    def __iter__(self): return iter(items())
class Cursor:
    async def __aiter__(self):
        for item in items():
            yield item
number = 5
def kind(): return dict
@dataclass
class Model:
    id: int = 1
    def __iter__(self): return iter(vars(self).items())
def broken(): raise ValueError("no")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with a src layout, in the working folder."""
    package = tmp_path / "src" / "planted_app"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "models.py").write_text("class Item:\n    def __init__(self, n): self.n = n\n")
    (package / "repo.py").write_text(CODE)
    (tmp_path / "json.py").write_text("def read(): return [1, 2]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(("planted_app", "target "))]:
        del sys.modules[name]


def called(text: str, setup: str = "", *, fold: bool = False) -> Any:
    function, _ = load(parse(text, setup), fold=fold)
    return function()


@pytest.mark.usefixtures("project")
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
        ("later_one_by_one", 3),
        ("Repo.all", 3),
        ("Repo(4).read", 4),
        ("Lazy()", 7),
        ("Query", 3),
        ("Cursor()", 3),
        ("iter(items())", 3),
        ("number.bit_length", None),
        ("items()[:2]", 2),
        ("[each for each in items()]", 3),
        ("lambda: items()", 3),
    ],
)
def test_a_call_is_awaited_and_read_to_its_end(call: str, length: int | None) -> None:
    assert count(called(f"planted_app.repo:{call}")) == length
    assert called(f"planted_app.repo:{call}", fold=True) == length


@pytest.mark.usefixtures("project")
def test_the_file_of_a_package_has_its_relative_imports() -> None:
    found = called("src/planted_app/repo.py:items")
    assert type(found[0]).__module__ == "planted_app.models"


@pytest.mark.usefixtures("project")
def test_a_file_named_like_a_module_of_pythons_is_the_users() -> None:
    assert called("json.py:read") == [1, 2]
    assert sys.modules["json"].dumps([]) == "[]"


@pytest.mark.usefixtures("project")
def test_what_has_fields_or_no_length_has_no_items() -> None:
    assert type(called("planted_app.repo:Model")).__name__ == "Model"
    assert count(called("planted_app.repo:kind")) is None


@pytest.mark.usefixtures("project")
def test_a_lazy_result_is_read_within_the_call() -> None:
    assert called("planted_app.repo:Lazy()").read


@pytest.mark.usefixtures("project")
def test_the_setup_comes_before_the_import_and_its_names_are_known() -> None:
    setup = "import asyncio\nasync def two(): return 2\nfew = await two()"
    assert called("planted_app.repo:needs(few)", setup) == [2, 2]


@pytest.mark.usefixtures("project")
def test_every_call_is_awaited_in_the_same_loop() -> None:
    call, _ = load(parse("planted_app.repo:later"))
    call(), call()
    assert len(sys.modules["planted_app.repo"].LOOPS) == 1


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("text", "setup", "said"),
    [
        ("planted_app.repo:itmes", "", "planted_app.repo has no 'itmes'; did you mean items?"),
        ("planted_app.repo:needs(numbr)", "", "has no 'numbr'; did you mean number?"),
        ("planted_app.repo:needs([no for x in items()])", "", "has no 'no'"),
        ("planted_app.repo:big", "big = [0] * 999", r"is no function, it is \[0, 0, .*\.\.\.\]$"),
        ("planted_app.repo:Repo.al", "", "has no attribute 'al'"),
        ("planted_app.repo:needs", "", r"missing a required argument: 'a'; write the call, as"),
        ("planted_app.repo:number", "", "is no function, it is 5"),
        ("planted_ap.repo:items", "", r"there is no module 'planted_ap.repo' here \(in "),
        ("planted_app.rep:items", "", "there is no module 'planted_app.rep' here"),
        ("planted_app.repo:items", "import sys; sys.exit('no')", "--setup: SystemExit: no"),
        ("planted_app.repo:items", "1 / 0", "--setup: ZeroDivisionError: division by zero"),
        ("src/planted_app/none.py:items", "", "there is no file"),
    ],
)
def test_what_cannot_be_called_says_what_is_wrong(text: str, setup: str, said: str) -> None:
    with pytest.raises((TargetError, Exception), match=said):
        called(text, setup)


@pytest.mark.usefixtures("project")
def test_a_module_that_does_not_import_says_why(project: Path) -> None:
    (project / "bad.py").write_text("import no_such_package\n")
    with pytest.raises(TargetError, match=r"bad does not import: ModuleNotFoundError: .*no_such"):
        called("bad:read")


@pytest.mark.usefixtures("project")
def test_what_the_call_raises_is_its_own() -> None:
    function, _ = load(Target("planted_app.repo", "broken"))
    with pytest.raises(ValueError, match="no"):
        function()


@pytest.mark.usefixtures("project")
def test_it_is_compared_with_what_the_reference_gave(tmp_path: Path) -> None:
    made = {"where": "planted_app.repo", "data": str(tmp_path / "reference")}
    reference = make_call(call="items", is_reference=True, **made)
    reference.check(reference.function())
    same = make_call(call="stream", **made)
    same.check(same.function())
    other = make_call(call="items()[:2]", **made)
    with pytest.raises(DifferentDataError, match="item 2"):
        other.check(other.function())


@pytest.mark.usefixtures("project")
def test_what_is_folded_is_counted_and_compared_held(tmp_path: Path) -> None:
    folded = make_call("planted_app.repo", "stream", fold=True)
    assert folded.count(folded.function()) == 3
    compared = make_call("planted_app.repo", "stream", fold=True, data=str(tmp_path / "reference"))
    assert len(compared.function()) == compared.count(compared.function()) == 3
