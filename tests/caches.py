"""Cache folders of the tests' own for the embedded Postgres."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.postgres.folders import CACHE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def own_cache() -> Iterator[Path]:
    """One that is named for now and not made yet, below a folder that every user can pass."""
    parent = Path(tempfile.mkdtemp(prefix="mapping-strategies-test"))
    parent.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(parent / "cache"))
        yield parent / "cache"
    shutil.rmtree(parent)


def leave_a_server_running() -> None:
    """As a run does that is killed while it uses the embedded Postgres."""
    kill_itself = (
        "import os\nfrom harness.postgres.embedded import running\n"
        "with running(): os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", kill_itself], check=False)
    assert done.returncode == -9
