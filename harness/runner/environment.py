"""What a run ran on: versions, server, machine, commit. No host names, no paths, no secrets."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import callmeter
import strategies
from callmeter import allocated
from harness.base import distribution
from harness.model.run import LIVE_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callmeter.interpreter import Interpreter

HARNESS = Path(__file__).parents[1]
"""The folder of this package."""
PACKAGES = (
    *("sqlalchemy", "psycopg", "memray", "pyarrow", "adbc-driver-postgresql"),
    *("psycopg2", "psycopg2-binary", "asyncpg", "sqlmodel", "django", "pydantic", "pandas"),
)
"""Distributions that figures depend on, where they are installed."""
ASK_PSYCOPG = "import psycopg; print(psycopg.pq.version(), psycopg.pq.__impl__)"
ANSWER = re.compile(r"^(\d+) (\w+)$", re.MULTILINE)
SECONDS = 30


def describe(server: str, interpreter: Interpreter, live_objects: int = 0) -> dict[str, str]:
    """Return {what: its version or size} for a run of that interpreter against that server.

    Its processes hold so many `live_objects` beside the call.
    """
    return {
        "date": datetime.now(UTC).date().isoformat(),
        **software(interpreter),
        "server": server,
        **machine(),
        "commit": commit(),
        **({LIVE_OBJECTS: str(live_objects)} if live_objects else {}),
    }


def software(interpreter: Interpreter) -> dict[str, str]:
    """Return the versions that figures depend on, of what that interpreter has."""
    found = interpreter.packages
    versions = {package: found[package] for package in PACKAGES if package in found}
    return {"python": interpreter.name, **versions, **_psycopg(interpreter)}


def _psycopg(interpreter: Interpreter) -> dict[str, str]:
    """Return what only psycopg itself knows; nothing where it is not, or does not import."""
    if "psycopg" not in interpreter.packages:
        return {}
    try:
        done = subprocess.run(
            [interpreter.path, "-c", ASK_PSYCOPG],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return {}
    answer = ANSWER.search(done.stdout)  # a Python may print something of its site's before
    if not answer:
        return {}
    number, implementation = answer.groups()
    return {"libpq": _dotted(int(number)), "psycopg_implementation": implementation}


def machine() -> dict[str, str]:
    """Return what this process runs on, and how it allocates, if otherwise than usual."""
    malloc = allocated.settings()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        **({"malloc": malloc} if malloc else {}),
    }


def source() -> str:
    """Return a digest of the code of this harness and its strategies, wherever each lies."""
    folders = [Path(str(package.__file__)).parent for package in (callmeter, strategies)]
    sources = (sorted(folder.glob("**/*.py")) for folder in [*folders, HARNESS])
    return digest(chain.from_iterable(sources))


def digest(files: Iterable[Path]) -> str:
    """Return a short digest of what is in the files, in order; `none`, if one is not there."""
    whole = sha256()
    try:
        for file in files:
            whole.update(file.read_bytes())
    except OSError:
        return "none"
    return whole.hexdigest()[:12]


def _dotted(number: int) -> str:
    return f"{number // 10_000}.{number % 10_000}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return "unknown"
    return f"{size / 2**30:.0f} GiB"


def commit() -> str:
    """Return the commit of the checkout that this file is in, and whether it was changed since.

    Of an installed package, which may lie within a checkout of somebody else's, its version. It is
    unknown of code that is neither, as of an unpacked archive.
    """
    root = HARNESS.parent
    if not (root / ".git").exists():
        version = distribution.version()
        return f"release {version}" if version else "unknown"
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip()
