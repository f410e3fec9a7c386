"""Packages that are as good as not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ARROW = ("pyarrow", "adbc_driver_postgresql")


def without(folder: Path, *packages: str) -> Path:
    """Return a new folder that, on PYTHONPATH, has those packages be as good as not installed."""
    site = folder / "without"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import sys\nclass NotInstalled:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {packages!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, NotInstalled())\n"
    )
    return site
