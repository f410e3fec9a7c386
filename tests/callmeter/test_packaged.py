"""A library of C that lies beside the packages is of the one that it was installed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callmeter.packaged import in_its_package

if TYPE_CHECKING:
    from pathlib import Path

COMPILED = "81d243bd2c585b0f4821__mypyc.cpython-311-x86_64-linux-gnu.so"


@pytest.mark.parametrize(
    ("distribution", "others", "package"),
    [
        ("tomli-2.5.0", ["tomli/__init__.py", "tomli/_parser.so"], "tomli"),
        ("duckdb-2.0.0", ["adbc_driver_duckdb/__init__.py", "duckdb/__init__.py"], "duckdb"),
        ("PyLean-1.0", ["lean/inner/__init__.py", "lean/__init__.py"], "lean"),
        ("alone-1.0", ["alone.py"], "alone"),
    ],
)
def test_what_was_installed_with_it_tells(
    tmp_path: Path, distribution: str, others: list[str], package: str
) -> None:
    site = tmp_path / "site-packages"
    for name, files in {distribution: [COMPILED, *others], "another-1.0": ["another.py"]}.items():
        folder = site / f"{name}.dist-info"
        folder.mkdir(parents=True)
        (folder / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in files))
    found = in_its_package(str(site / COMPILED))
    assert found == str(site / package / COMPILED)


def test_what_is_in_a_package_or_nobodys_stays_where_it_is(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for path in (site / "lean" / "lean.so", site / "unknown.so", tmp_path / "libc.so.6"):
        assert in_its_package(str(path)) == str(path)
