"""The process list shows no password."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harness.base.arguments import hidden
from support import ROOT


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (b"compare\0--dsn\0pg://me:hunter2@db\0x\0", b"compare\0--dsn\0******************\0x\0"),
        (b"--dsn=host=db password=p\0", b"--dsn=******************\0"),
        (b"m:f('pg://me:hunter2@db/x')\0", b"m:f('pg://me:***@db/x')****\0"),
        (b"m:f('pg://me:p@db/x')\0", b"m:f('pg://me:***@db/x\0"),
        (b"--sizes=1,2\0\xff\0--dsn", b"--sizes=1,2\0\xff\0--dsn"),
        (b"", b""),
    ],
)
def test_a_dsn_and_passwords_are_overwritten_and_nothing_else(given: bytes, shown: bytes) -> None:
    assert hidden(given) == shown
    assert len(given) == len(shown)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells where the arguments are")
def test_a_process_overwrites_its_own() -> None:
    show = (
        "import sys; from harness.base.arguments import hide_secrets; hide_secrets(); "
        "print(open('/proc/self/cmdline').read()[-29:-1].split(chr(0)), sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", show, "--dsn", "pg://me:hunter2@db"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("] [")[0].endswith("'--dsn', '******************'")
    assert "'--dsn', 'pg://me:hunter2@db'" in done.stdout
