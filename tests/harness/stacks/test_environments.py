"""Environments: made whole or not at all, and again when what they are made from has changed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmeter import temporary
from callmeter.errors import NotAvailableError
from harness.stacks.environments import Packages, cached, digest, distribution, make
from harness.stacks.interpreters import named

if TYPE_CHECKING:
    from pathlib import Path

THIS = named(None)
NAMES = st.from_regex(r"[a-z0-9]+([-_.]{1,2}[a-z0-9]+)*", fullmatch=True)


def version_of_tabulate(python: Path) -> str:
    code = "import tabulate; print(tabulate.__version__)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_environment_is_made_and_again_when_its_packages_change(tmp_path: Path) -> None:
    """What it can do without is left out, where it does not go with what is needed."""
    place = tmp_path / "environment"
    wanted = ("tabulate==0.9.0",)
    python = make(place, THIS, Packages(("tabulate==0.10.0",), wanted))
    assert version_of_tabulate(python) == "0.10.0"
    (place / "untouched").touch()
    assert make(place, THIS, Packages(("tabulate==0.10.0",), wanted)) == python
    assert (place / "untouched").exists()
    assert version_of_tabulate(make(place, THIS, Packages((), ("tabulate==0.9.0",)))) == "0.9.0"
    assert not (place / "untouched").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["environment"]


def test_an_environment_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "environment"
    with pytest.raises(NotAvailableError, match=r"tabulate==7"):
        make(place, THIS, Packages(("tabulate==7",)))
    assert list(tmp_path.iterdir()) == []
    place.mkdir()  # as a process that was killed may leave it
    assert make(place, THIS, Packages(())).exists()


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    half_made = tmp_path / f"{temporary.PREFIX}ab12cd34"
    (half_made / "environment").mkdir(parents=True, mode=0o700)
    half_made.chmod(0o700)
    assert make(tmp_path / "environment", THIS, Packages(())).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["environment"]


def test_a_fresh_one_is_made_again() -> None:
    python = cached(THIS, Packages(()))
    mark = python.parent / "untouched"
    mark.touch()
    assert cached(THIS, Packages(())) == python
    assert mark.exists()
    assert cached(THIS, Packages(()), fresh=True) == python
    assert not mark.exists()


@settings(max_examples=25)
@given(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3))
def test_the_digest_is_of_all_that_it_is_made_from(some: list[str], others: list[str]) -> None:
    one, other = Packages(tuple(some), tuple(others)), Packages(tuple(others), tuple(some))
    assert (digest(THIS, one) == digest(THIS, other)) == (one == other)
    assert digest(THIS, one) != digest(replace(THIS, version=(3, 11, 99)), one)


@given(NAMES, st.sampled_from(["", "==2.0.*", ">=1,<2", " ~= 3", "[extra]==1", "; x", "@ x"]))
def test_the_distribution_of_a_requirement(name: str, version: str) -> None:
    found = distribution(name + version)
    assert found == distribution(name.upper()) == distribution(found)
    assert "_" not in found
    assert "." not in found
    assert "--" not in found
