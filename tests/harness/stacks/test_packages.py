"""What the environment of a stack has."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from callmeter.errors import UsageError
from harness.stacks import packages

if TYPE_CHECKING:
    from pathlib import Path


def test_strategies_have_the_versions_of_this_installation_but_for_those_named() -> None:
    found = packages.of_strategies(["sqlalchemy==2.0.*", "pyarrow==20.*"])
    psycopg = metadata.version("psycopg")
    assert found.needed[:2] == ("sqlalchemy==2.0.*", "pyarrow==20.*")
    assert found.needed[2:] == ("sqlalchemy", f"psycopg[binary]=={psycopg}")
    assert f"memray=={metadata.version('memray')}" in found.wanted
    assert not any(each.startswith("pyarrow") for each in found.wanted)


def test_functions_have_the_users_requirements_as_they_are_now(tmp_path: Path) -> None:
    file, base = tmp_path / "requirements.txt", tmp_path / "base.txt"
    file.write_text(
        "-r base.txt  # what all have\n# -r none.txt\n--requirement=base.txt\nflask\n"
        "-r https://example.org/x.txt\n"
    )
    base.write_text("-r requirements.txt\ntabulate\n")
    before = packages.of_functions(["orjson==3.*"], file)
    assert before.needed == ("orjson==3.*", "--requirement", str(file))
    base.write_text("tabulate==0.9.0\n")
    assert packages.of_functions(["orjson==3.*"], file) != before
    assert packages.of_functions([], None).needed == ()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.txt cannot be read: No such file"):
        packages.of_functions([], tmp_path / "none.txt")
