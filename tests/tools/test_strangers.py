"""Figures held against other instruments: what agrees, what is shown, and what they count."""

from __future__ import annotations

import ast
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.document import Document
from harness.report.formats import markdown
from tools.strangers import compared, independent
from tools.strangers.__main__ import FUNCTIONS, REQUIREMENTS, functions, main
from tools.strangers.compared import SLACK, WITHIN, Compared, complaints
from tools.strangers.installed import changed, installed
from tools.strangers.notes import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1_000_000
KNOWN = """
import ctypes, gc, mmap, threading

malloc, free, realloc = (getattr(ctypes.CDLL(None), name) for name in ("malloc", "free", "realloc"))
malloc.restype = realloc.restype = ctypes.c_void_p
malloc.argtypes, free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
before = [malloc(7_000_000), malloc(3_000_000)]

def objects(): return [bytes(1_000) for _ in range(5_000)]
def let_go(): return len(objects())
def native(): return malloc(5_000_000)
def grown(): return realloc(malloc(1_000_000), 5_000_000)
def mapped(): return mmap.mmap(-1, 5_000_000)
def unmapped(): mapped().close()
async def awaited(): return objects()
def of_a_thread():
    held = []
    thread = threading.Thread(target=lambda: held.extend(objects()))
    thread.start(); thread.join()
    return held
def frees_what_was_there():
    if before: free(before.pop())
    return objects()
"""
NEEDS_A_COMPILER = pytest.mark.skipif(
    not (shutil.which("gcc") or shutil.which("cc")), reason="there is no C compiler"
)


def call(**fields: Any) -> dict[str, Any]:
    both = {"peak": 10 * MB, "retained": 5 * MB, "rss_peak": 12 * MB, "rss_retained": 6 * MB}
    known = {"function": "lean", "package": "lean", "version": "1.0", "ours": both, "other": both}
    return {**known, "layers": {"library: lean": 0.9, "other": 0.1}, "note": "", **fields}


def found(*calls: dict[str, Any], changed: tuple[str, ...] = ()) -> dict[str, Any]:
    ran_on = {"python": "CPython 3.11.7", "system": "Linux x86_64", "date": "today"}
    return {"environment": ran_on | {"commit": "abc"}, "calls": calls, "changed": changed}


@pytest.mark.parametrize(
    ("metric", "ours", "other", "agrees"),
    [
        ("peak", 10.3 * MB, 10 * MB, True),
        ("peak", 10.4 * MB, 10 * MB, False),
        ("peak", 9.6 * MB, 10 * MB, False),
        ("peak", 20_000, 4_000, True),
        ("retained", 0, 0, True),
        ("rss_peak", 2.0 * MB, 1 * MB, True),
        ("rss_peak", 2.1 * MB, 1 * MB, False),
    ],
)
def test_figures_agree_within_a_share_or_what_instruments_cannot_tell(
    metric: str, ours: float, other: float, *, agrees: bool
) -> None:
    assert Compared(metric, ours, other).agrees is agrees


@given(st.sampled_from(sorted(SLACK)), st.integers(0, 10**12), st.integers(-(10**12), 10**12))
def test_figures_that_are_close_always_agree_and_those_far_apart_never(
    metric: str, ours: int, other: int
) -> None:
    one = Compared(metric, ours, other)
    assert Compared(metric, ours, ours).agrees
    is_nothing = other <= 0 or max(ours, other) <= SLACK[metric]
    assert one.ratio == (None if is_nothing else ours / other)
    if abs(ours - other) > WITHIN * abs(other) + SLACK[metric]:
        assert not one.agrees


def test_what_differs_is_wrong_unless_a_note_says_why() -> None:
    assert list(complaints(call())) == []
    off = call(other={"peak": 5 * MB, "retained": 5 * MB})
    assert list(complaints(off)) == [
        "lean: peak of all allocations is 10.0 MB and 5.00 MB, and no note why"
    ]
    assert list(complaints(off | {"note": "its allocator is its own"})) == []
    assert list(complaints(call(layers={"other": 0.8}))) == [
        "lean: 80% of the peak are of no layer"
    ]
    assert list(complaints({"function": "broken", "error": "it broke"})) == ["broken: it broke"]


def test_the_table_has_a_row_a_package_and_its_notes_below() -> None:
    broken = {"function": "b", "package": "b", "version": "2", "error": "it broke"}
    other = {"peak": 5 * MB, "retained": 5 * MB, "rss_peak": 12 * MB}
    calls = (call(other=other, note="its allocator is its own"), broken)
    shown = markdown.write(Document(tuple(compared.blocks(found(*calls)))), markdown.WIDTH)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]
    assert rows[2] == [
        *("lean 1.0", "10.0 MB", "2.000", "5.00 MB", "1.000", "12.0 MB", "1.000"),
        "library: lean (90%)",
    ]
    assert rows[3] == ["b 2", *[""] * 6, "it broke"]
    assert "- lean: its allocator is its own" in shown
    assert "no file of theirs has changed" in shown
    assert "changed: lean" in markdown.write(
        Document(tuple(compared.blocks(found(*calls, changed=("lean",))))), markdown.WIDTH
    )


def test_what_agrees_is_counted_by_python() -> None:
    off = call(other={"peak": 5 * MB, "retained": 5 * MB})
    runs = [found(call(), {"function": "b", "error": "it broke"}), found(call(), off)]
    shown = markdown.write(Document(tuple(compared.by_python(runs))), markdown.WIDTH)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]
    assert rows[2:4] == [["CPython 3.11.7", "4 of 4", ""], ["CPython 3.11.7", "5 of 6", "lean"]]


def test_every_function_has_its_package_and_every_note_its_function() -> None:
    required = REQUIREMENTS.read_text().lower().replace(".", "-").replace("=", " ").split()
    names = functions()
    assert len(names) > 20
    assert [name for name in names if name.replace("_", "-") not in required] == []
    assert set(NOTES) <= set(names)
    defined = [each for each in ast.parse(FUNCTIONS.read_text()).body if hasattr(each, "args")]
    assert all(ast.get_docstring(each) for each in defined if each.name in names)  # type: ignore[arg-type, attr-defined]


def test_an_unknown_function_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["panda"])
    assert "no function 'panda'; did you mean pandas?" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "missing" / "python"
    assert (
        main(["orjson", "--python", str(python), "--save", str(python.with_suffix(".json"))]) == 2
    )
    assert "cannot be written" in capsys.readouterr().err


def test_what_is_installed_is_known_by_its_files(tmp_path: Path) -> None:
    """What Python compiles meanwhile is none of them; a file that is new is."""
    information = tmp_path / "lean-1.0.dist-info"
    for folder in (tmp_path / "lean" / "__pycache__", information):
        folder.mkdir(parents=True)
    (information / "METADATA").write_text("Name: Lean\nVersion: 1.0\n")
    (information / "RECORD").write_text("lean/__init__.py,,\n../../../bin/lean,,\n")
    (tmp_path / "lean" / "__init__.py").write_text("")
    before = installed(tmp_path)
    assert before["lean"].version == "1.0"
    (tmp_path / "lean" / "__pycache__" / "lean.cpython-311.pyc").write_text("")
    assert changed(before, installed(tmp_path)) == []
    (tmp_path / "lean" / "new.so").write_text("")
    assert changed(before, installed(tmp_path)) == ["lean"]
    assert changed({}, before) == ["lean"]


@pytest.fixture(scope="module")
def counter() -> Iterator[Path]:
    with independent.counter() as library:
        yield library


@NEEDS_A_COMPILER
@pytest.mark.parametrize(
    ("function", "peak", "retained"),
    [
        ("objects", 5.2, 5.2),
        ("let_go", 5.2, 0),
        ("native", 5, 5),
        ("grown", 5, 5),
        ("mapped", 5, 5),
        ("unmapped", 5, 0),
        ("awaited", 5.2, 5.2),
        ("of_a_thread", 5.2, 5.2),
        ("frees_what_was_there", 5.2, 5.2),
    ],
)
def test_the_counting_allocator_counts_calls_of_known_size(
    counter: Path, tmp_path: Path, function: str, peak: float, retained: float
) -> None:
    file = tmp_path / "known.py"
    file.write_text(KNOWN)
    read = independent.measured(counter, sys.executable, file, function, {}, 1)
    assert read["peak"] == pytest.approx(peak * MB, abs=0.1 * MB)
    assert read["retained"] == pytest.approx(retained * MB, abs=0.1 * MB)
