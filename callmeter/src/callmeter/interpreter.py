"""Another interpreter, to measure what is installed beside it: what it is, and memray for it.

Nothing is installed into its environment. This package is imported from its own folder
(`callmeter.worker_pool`); memray, which is made for one version of Python, can be put into a folder
of the user's choice, by that Python's own pip.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import mkdtemp

from callmeter.errors import NotAvailableError, UsageError

OLDEST = (3, 11)
SECONDS_TO_ANSWER = 60
NO_ANSWER = (
    *(OSError, subprocess.SubprocessError),
    *(AttributeError, LookupError, TypeError, ValueError),
)
"""What comes of asking a program that is no Python: it fails, or says something else."""

QUESTION = """
import json, platform, re, sys
answer = {
    "version": list(sys.version_info[:3]),
    "implementation": platform.python_implementation(),
    "tag": getattr(getattr(sys, "implementation", None), "cache_tag", ""),
    "packages": {},
}
if sys.version_info >= (3, 8):
    from importlib.metadata import distributions
    for each in distributions():
        name = each.metadata["Name"]
        if name:
            answer["packages"].setdefault(re.sub("[-_.]+", "-", name).lower(), each.version)
print(json.dumps(answer))
"""
"""Understood by any Python, so that one which is too old can say so."""


@dataclass(frozen=True)
class Interpreter:
    """An interpreter: its path, its version, the distributions that it finds, by normal names."""

    path: str
    version: tuple[int, ...]
    implementation: str
    tag: str
    packages: dict[str, str]

    @property
    def name(self) -> str:
        """The implementation and its version: `CPython 3.12.1`."""
        return f"{self.implementation} {'.'.join(map(str, self.version))}"


def inspect_interpreter(path: str = sys.executable) -> Interpreter:
    """Return what the interpreter at that path is.

    Raises UsageError if it is none, or older than Python 3.11.
    """
    found = shutil.which(os.path.expanduser(path))  # noqa: PTH111 (a word, which may be no path)
    if found is None:
        is_folder = os.path.isdir(path)  # noqa: PTH112 (a word, which may be no path)
        kind = "is a folder; name its bin/python" if is_folder else "is no program"
        raise UsageError(f"--python {path} {kind}")
    try:
        done = subprocess.run(
            [found, "-c", QUESTION],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
            timeout=SECONDS_TO_ANSWER,
            stdin=subprocess.DEVNULL,
        )
        answer = json.loads(done.stdout)
        version = tuple(map(int, answer.pop("version")))
        path_of_it = os.path.abspath(found)  # noqa: PTH100 (links stay)
        interpreter = Interpreter(path_of_it, version, **answer)
    except NO_ANSWER as error:
        raise UsageError(f"--python {path} does not answer as a Python does") from error
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UsageError(
            f"--python {path} is Python {'.'.join(map(str, version))}; {oldest} or newer is needed"
        )
    return interpreter


def memray_folder(interpreter: Interpreter, cache: Path) -> Path:
    """Return the folder below `cache` that memray for that interpreter is in, or would be.

    It has the name of a folder of packages, so that nobody takes what is in it for a user's code.
    """
    return cache / f"memray-{metadata.version('memray')}-{interpreter.tag}" / "site-packages"


def install_memray(interpreter: Interpreter, cache: Path) -> Path:
    """Return the folder of `memray_folder`, with memray in it; installed if it is not.

    Raises NotAvailableError, with pip's last line, if it cannot be installed.
    """
    folder = memray_folder(interpreter, cache)
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = mkdtemp(dir=folder.parent)
    wanted = f"memray=={metadata.version('memray')}"
    try:
        done = subprocess.run(
            [*_pip_of(interpreter), "install", "--quiet", "--target", fresh, wanted],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise NotAvailableError(f"pip cannot install {wanted} for {interpreter.path}: {last}")
        Path(fresh).rename(folder)
    except OSError as error:
        if not folder.exists():  # another process was faster
            raise NotAvailableError(f"cannot install memray: {error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _pip_of(interpreter: Interpreter) -> list[str]:
    """Return the command of the interpreter's pip, or else this one's, which installs elsewhere."""
    if "pip" in interpreter.packages:
        return [interpreter.path, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", interpreter.path]
