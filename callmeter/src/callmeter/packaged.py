"""Which package a library of C is of that lies beside the packages, and in none of them.

mypyc puts what it compiles there under a name of digits (`81d243bd2c585b0f4821__mypyc`), others
their one library (`_cffi_backend`). What was installed with it, by its distribution's RECORD, tells
whose it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath

from callmeter.places import INSTALLED

DIST_INFO = ".dist-info"


@cache
def in_its_package(library: str) -> str:
    """Return the path as it would be in the folder of its package; as it is, if it is in one.

    It stays as it is, too, where no distribution that is installed there has it.
    """
    installed = INSTALLED.fullmatch(library)
    if not installed or len(Path(installed["path"]).parts) > 1:
        return library
    path = Path(library)
    for record in sorted(path.parent.glob(f"*{DIST_INFO}/RECORD")):
        files = [line.partition(",")[0] for line in _lines(record)]
        if path.name in files:
            return str(path.parent / _package(record.parent, files) / path.name)
    return library


def _package(dist_info: Path, files: list[str]) -> str:
    """Return the package that is named as the distribution is; the first one, if none is."""
    name = dist_info.name.removesuffix(DIST_INFO).rpartition("-")[0]
    paths = map(PurePosixPath, files)
    packages = [path.parts[0] for path in paths if path.name == "__init__.py" and path.parts[1:]]
    return name if name in packages or not packages else min(packages)


def _lines(record: Path) -> list[str]:
    try:
        return record.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
