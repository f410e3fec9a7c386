"""The arguments of this process, as other users of the machine may read them."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from harness.base.secret import masked

DSN = b"--dsn"
STAR = b"*"
ARGUMENTS_START, ARGUMENTS_END = 48, 49  # proc_pid_stat(5)


def hide_secrets() -> None:
    """Overwrite the DSN and other passwords in what `ps` and /proc show of this process.

    Only Linux tells where that is. Until this is called they can be seen: a password is better left
    to `PGPASSWORD` or `~/.pgpass`.
    """
    with suppress(OSError, ValueError, IndexError):
        after_name = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = (int(after_name[nth - 3]) for nth in (ARGUMENTS_START, ARGUMENTS_END))
        if start:
            given = ctypes.string_at(start, end - start)
            ctypes.memmove(start, hidden(given), len(given))


def hidden(arguments: bytes) -> bytes:
    """Return the arguments, each ended by a zero byte, without their secrets: just as long."""
    words = arguments.split(b"\0")
    return b"\0".join(
        STAR * len(word) if before == DSN else _hidden(word)
        for before, word in pairwise([b"", *words])
    )


def _hidden(word: bytes) -> bytes:
    option, equals, value = word.partition(b"=")
    if option == DSN:
        return option + equals + STAR * len(value)
    text = word.decode(errors="surrogateescape")
    if (safe := masked(text)) == text:
        return word
    return safe.encode(errors="surrogateescape")[: len(word)].ljust(len(word), STAR)
